import * as vscode from 'vscode';
import type { ConfigChoice } from '../telemetry/page-protocol.js';
import { checkConfig } from './config-check.js';
import { findConfigs, readConfigText } from './config-files.js';

/** The configs of the workspace with the number of their static problems. */
export async function configChoices(): Promise<ConfigChoice[]> {
  const uris = await findConfigs();
  return Promise.all(
    uris.map(async (uri) => {
      const path = vscode.workspace.asRelativePath(uri);
      try {
        const check = checkConfig(await readConfigText(uri), path);
        const errors = check.valid ? check.findings.filter((finding) => finding.severity === 'error').length : check.problems.length;
        return { path, uri: uri.toString(), errors };
      } catch {
        return { path, uri: uri.toString(), errors: 1 };
      }
    }),
  );
}
