/** What the page's document needs from the webview. */
export interface PageResources {
  script: string;
  style: string;
  cspSource: string;
  /** Fresh random text for each document. */
  nonce: string;
  /** Of the reader, as BCP 47 writes it. */
  language: string;
}

/** The document of the dashboard: nothing may load but our script, styles, images and fonts; nothing may connect. */
export function dashboardHtml({ script, style, cspSource, nonce, language }: PageResources): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `img-src ${cspSource}`,
    `font-src ${cspSource}`,
    `connect-src 'none'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy};">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gradient Dashboard</title>
<link rel="stylesheet" href="${style}" id="vscode-codicon-stylesheet">
</head>
<body>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
