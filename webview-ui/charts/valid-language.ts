/*
 * Chromium under a POSIX locale reports the language "en-US@posix", which is no language tag; uPlot hands it to
 * Intl.NumberFormat while it loads, and the page would end there. Must be imported before uPlot.
 */
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US' });
}
