import { describe, expect, it } from 'vitest';
import { applyTextEdits } from '../../../src/config/splice-text.js';
import { checkConfig } from '../../../src/extension/config-check.js';
import { followFindings, planFixes } from '../../../src/extension/fix-plan.js';

const TEXT = `{
  // kept
  "data": { "generator": { "name": "circles", "samples": 100, "noise": 0, "seed": 1 } },
  "model": {
    "layers": [
      { "type": "dense", "units": 8, "activation": "relu" },
      { "type": "dense", "units": 1, "activation": "softmax" }
    ]
  },
  "training": { "loss": "binaryCrossentropy", "optimizer": { "type": "sgd", "learningRate": 0.01 } }
}
`;
const FILE = 'gradwatch.json';

function findings() {
  const check = checkConfig(TEXT, FILE);
  if (!check.valid) throw new Error(check.problems.join());
  return check.findings;
}

describe('planFixes', () => {
  it('plans a fix of a static finding as changes of the text, comments kept', () => {
    const [plan] = planFixes(findings(), TEXT, TEXT, FILE);
    expect(plan?.disabledReason).toBeUndefined();
    expect(plan?.answers).toContain('single-unit-softmax');
    const after = applyTextEdits(TEXT, plan?.changes ?? []);
    expect(after).toContain('// kept');
    expect(after).toContain('"activation": "sigmoid"');
    expect(checkConfig(after, FILE)).toMatchObject({ valid: true, findings: [] });
  });

  it('carries it over to a text with a layer more', () => {
    const longer = TEXT.replace('"layers": [', '"layers": [\n      { "type": "dropout", "rate": 0.1 },');
    const [plan] = planFixes(findings(), TEXT, longer, FILE);
    expect(applyTextEdits(longer, plan?.changes ?? [])).toContain('"units": 1, "activation": "sigmoid"');
  });

  it('knows a fix that is in place, and one whose layer is gone', () => {
    const [fixed] = planFixes(findings(), TEXT, TEXT.replace('softmax', 'sigmoid'), FILE);
    expect(fixed).toMatchObject({ inPlace: true, changes: [] });
    const shorter = TEXT.replace(/,\n\s*\{ "type": "dense", "units": 1, "activation": "softmax" \}/, '');
    const [lost] = planFixes(findings(), TEXT, shorter, FILE);
    expect(lost?.disabledReason).toMatch(/no longer has model\.layers\[1\]/);
  });

  it('disables all while the config has errors', () => {
    const plans = planFixes(findings(), TEXT, TEXT.replace('"loss"', '"lose"'), FILE);
    expect(plans.length).toBeGreaterThan(0);
    expect(plans.every((plan) => plan.disabledReason !== undefined && plan.changes.length === 0)).toBe(true);
  });
});

describe('followFindings', () => {
  it('moves a finding with its layer and drops it with it', () => {
    const longer = TEXT.replace('"layers": [', '"layers": [\n      { "type": "dropout", "rate": 0.1 },');
    expect(followFindings(findings(), TEXT, longer).map(({ at }) => at)).toEqual([['model', 'layers', 2, 'activation']]);
    expect(followFindings(findings(), TEXT, '{}')).toEqual([]);
  });

  it('follows into a text with a syntax error, as far as it can be read', () => {
    const broken = TEXT.replace('"learningRate": 0.01', '"learningRate": ');
    expect(followFindings(findings(), TEXT, broken)).toHaveLength(1);
  });
});
