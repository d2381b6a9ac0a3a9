/** Gives the body of a report the theme class an editor would give, as the reader's system asks; light, with everything unfolded, while it is printed. */
export function followColourScheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const contrast = matchMedia('(prefers-contrast: more)');
  const apply = () => {
    const onPaper = document.documentElement.classList.contains('paper');
    document.body.className = themeClass(dark.matches && !onPaper, contrast.matches && !onPaper);
  };
  const setPaper = (paper: boolean) => {
    document.documentElement.classList.toggle('paper', paper);
    apply();
    if (paper) for (const closed of document.querySelectorAll('details.fix, details.more')) closed.setAttribute('open', '');
  };
  dark.addEventListener('change', apply);
  contrast.addEventListener('change', apply);
  addEventListener('beforeprint', () => setPaper(true));
  addEventListener('afterprint', () => setPaper(false));
  apply();
}

function themeClass(dark: boolean, contrast: boolean): string {
  if (contrast) return dark ? 'vscode-high-contrast' : 'vscode-high-contrast-light vscode-high-contrast';
  return dark ? 'vscode-dark' : 'vscode-light';
}
