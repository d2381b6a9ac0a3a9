import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { dashboardHtml, wordsFile } from './dashboard-html.js';

/** The document of the dashboard for a webview, in the language of the editor. `root` is the folder of the built page. */
export function pageDocument(webview: vscode.Webview, root: vscode.Uri): string {
  const resource = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(root, file)).toString();
  const words = wordsFile(vscode.env.language);
  return dashboardHtml({
    script: resource('dashboard.js'),
    style: resource('dashboard.css'),
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('hex'),
    language: vscode.env.language,
    ...(words === undefined ? {} : { words: resource(words) }),
  });
}
