import * as vscode from 'vscode';

export type NoticeClass = 'findings' | 'finished' | 'failures';

/** The user's settings, read when they are needed. Restricted ones are empty in Restricted Mode. */
export const settings = {
  nodePath: (): string | undefined => nonEmpty(section().get('nodePath', '')),
  tensorflowPath: (): string | undefined => nonEmpty(section().get('tensorflowPath', '')),
  openDashboardOnTrain: (): boolean => section().get('openDashboardOnTrain', true),
  /** Seconds a search for a fix may take; undefined: as long as it needs. */
  fixBudget: (): number | undefined => positive(section().get('fixBudget', 120)),
  notifies: (kind: NoticeClass): boolean => section().get<Partial<Record<NoticeClass, boolean>>>('notifications', {})[kind] !== false,
};

function section(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('gradwatch');
}

function positive(value: number): number | undefined {
  return value > 0 ? value : undefined;
}

function nonEmpty(text: string): string | undefined {
  return text.trim() === '' ? undefined : text.trim();
}
