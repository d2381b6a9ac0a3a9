/* Recorded runs and their configs are bundled as text; a bundler gives text as the default export. */
/* eslint-disable no-restricted-syntax */
declare module '*.events.jsonl' {
  const text: string;
  export default text;
}
declare module '*.gradwatch.jsonc' {
  const text: string;
  export default text;
}
