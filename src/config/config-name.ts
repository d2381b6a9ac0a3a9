/** gradwatch.json, gradwatch.jsonc, or a name before one of them: net.gradwatch.json. */
const CONFIG_NAME = /(^|\.)gradwatch\.jsonc?$/;

/** Whether a file of this name, given without its folder, is a config. */
export function isConfigName(name: string): boolean {
  return CONFIG_NAME.test(name);
}
