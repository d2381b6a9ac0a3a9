import * as vscode from 'vscode';
import { healthOf, statusItem } from './run-health.js';
import type { RunService } from './run-service.js';

/** Redraws per second are bounded; a trainer reports about ten times a second. */
const REFRESH_MS = 250;

/** Shows the health of the newest run in one status bar item on the left. */
export function createStatusBar(runs: RunService): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('gradwatch.status', vscode.StatusBarAlignment.Left, 50);
  item.name = 'Gradwatch';
  item.command = 'gradwatch.openDashboard';
  let timer: NodeJS.Timeout | undefined;
  const draw = () => {
    timer = undefined;
    const content = statusItem(runs.current === null ? null : healthOf(runs.current));
    if (content === null) {
      item.hide();
      return;
    }
    item.text = content.text;
    item.tooltip = content.tooltip;
    item.backgroundColor = content.tone === 'normal' ? undefined : new vscode.ThemeColor(`statusBarItem.${content.tone}Background`);
    item.accessibilityInformation = { label: content.tooltip, role: 'button' };
    item.show();
  };
  const subscription = runs.onChange(() => (timer ??= setTimeout(draw, REFRESH_MS)));
  return vscode.Disposable.from(item, subscription, { dispose: () => clearTimeout(timer) });
}
