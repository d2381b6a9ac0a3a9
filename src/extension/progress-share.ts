import type * as vscode from 'vscode';

/** Tells a progress of VS Code, which adds up percents, of a share that grows from 0 to 1 and is `percent` of the whole. */
export function shareTeller(progress: vscode.Progress<{ increment?: number }>, percent: number): (share: number) => void {
  let told = 0;
  return (share) => {
    progress.report({ increment: percent * (share - told) });
    told = share;
  };
}
