import { describe, expect, it } from 'vitest';
import type { ConfigPath } from '../../../src/config/config-path.js';
import { applyTextEdits } from '../../../src/config/splice-text.js';
import { checkConfig } from '../../../src/extension/config-check.js';
import { bestPlan, followFindings, planFixes, planTrials, rankPlans } from '../../../src/extension/fix-plan.js';
import type { TrialEvent } from '../../../src/telemetry/events.js';

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

function trial(fix: string, verdict: TrialEvent['verdict'], path: ConfigPath, value: unknown): TrialEvent {
  return {
    event: 'trial',
    fix,
    title: `Do ${fix}`,
    edits: [{ path, value }],
    verdict,
    loss: 1,
    control: 2,
    steps: 9,
    seeds: 1,
    seconds: 1,
  };
}

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

describe('planTrials', () => {
  const RATE = ['training', 'optimizer', 'learningRate'];
  const vain = trial('raise-learning-rate', 'no-effect', RATE, 0.1);
  const good = trial('change-output', 'fixes', ['model', 'layers', 1, 'activation'], 'sigmoid');

  it('plans what was tried, a pair too, with what it answers', () => {
    const pair = { ...good, fix: 'change-output+lower-learning-rate', edits: [...good.edits, { path: RATE, value: 0.001 }] };
    const [plan] = planTrials([pair], findings(), TEXT, TEXT, FILE);
    expect(plan).toMatchObject({ fix: { id: pair.fix, title: `Do ${good.fix}` }, answers: ['single-unit-softmax'], trial: pair });
    expect(applyTextEdits(TEXT, plan?.changes ?? [])).toMatch(/"sigmoid"[^]*"learningRate": 0.001/);
  });

  it('drops results once the config says something else, and keeps them where only a comment changed', () => {
    expect(planTrials([good], findings(), TEXT, TEXT.replace('0.01', '0.02'), FILE)).toEqual([]);
    expect(planTrials([good], findings(), TEXT, TEXT.replace('// kept', '// changed'), FILE)).toHaveLength(1);
  });

  it('puts what works first and what was tried in vain last, and takes none of the latter for the best', () => {
    const tried = planTrials([good, vain], findings(), TEXT, TEXT, FILE);
    const untried = planFixes(findings(), TEXT, TEXT, FILE);
    const plans = rankPlans(tried, [...untried, ...planTrials([trial('add-l1', 'helps', RATE, 0.1)], [], TEXT, TEXT, FILE)]);
    expect(plans[0]?.trial).toEqual(good);
    expect(plans.at(-1)?.trial).toEqual(vain);
    expect(new Set(plans.map(({ fix }) => fix.id)).size).toBe(plans.length);
    expect(bestPlan(plans)?.fix.id).toBe('change-output');
    expect(bestPlan(planTrials([vain], findings(), TEXT, TEXT, FILE))).toBeUndefined();
  });
});
