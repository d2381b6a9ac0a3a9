/** What the page's document needs from the webview. */
export interface PageResources {
  script: string;
  style: string;
  cspSource: string;
  /** Fresh random text for each document. */
  nonce: string;
  /** Of the reader, as BCP 47 writes it. */
  language: string;
  /** Script with the words of that language, where `wordsFile` names one. */
  words?: string;
}

/** File in dist/ with the page's words in a language; undefined where the page has none but its English ones. */
export function wordsFile(language: string): string | undefined {
  return /^zh(-cn|-hans.*)?$/i.test(language) ? 'dashboard.zh-cn.js' : undefined;
}

/** The document of the dashboard: nothing may load but our script, styles, images and fonts; nothing may connect. */
export function dashboardHtml({ script, style, cspSource, nonce, language, words }: PageResources): string {
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
${words === undefined ? '' : `<script nonce="${nonce}" src="${words}"></script>\n`}<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
