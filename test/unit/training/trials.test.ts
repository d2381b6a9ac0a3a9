import { describe, expect, it } from 'vitest';
import type { FindingEvent, StartEvent } from '../../../src/telemetry/events.js';
import type { TrialStanding } from '../../../src/telemetry/trials-protocol.js';
import { pairCandidates, singleCandidates, nameOf, titleOf } from '../../../src/training/trials/candidates.js';
import { Places } from '../../../src/training/trials/places.js';
import { ranked, trialEvent, verdictOf, type Tried } from '../../../src/training/trials/ranking.js';
import { reasonOf } from '../../../src/training/trials/reason.js';
import { isHopeless, pastPeak, rung, rungAfter, survivors, verificationSteps } from '../../../src/training/trials/rungs.js';
import { TrialRecord } from '../../../src/training/trials/trial-record.js';
import { loadConfig } from '../../../src/config/parse-config.js';
import { finding } from '../../../src/diagnosis/finding.js';

const FILE = 'net.gradwatch.json';
const TEXT = JSON.stringify({
  data: { generator: { name: 'regression' } },
  model: { layers: [{ type: 'dense', units: 8, activation: 'relu' }, { type: 'dense', units: 1 }] }, // prettier-ignore
  training: { loss: 'meanSquaredError', optimizer: { type: 'sgd', learningRate: 0.1 } },
});
const written = { file: FILE, text: TEXT, config: loadConfig(TEXT, FILE).config };

const explosion = (over: Partial<FindingEvent> = {}): FindingEvent => ({
  ...finding({ id: 'explosion-risk', severity: 'error', message: '', cause: '', at: [], fixes: ['scale-inputs', 'lower-learning-rate'] }),
  ...over,
});

/** A record with these losses; the trivial predictor's loss is `baseline`. */
function recordOf(losses: number[], { baseline = 1, accuracy, ...over }: Partial<TrialStanding> & { baseline?: number } = {}): TrialRecord {
  const record = new TrialRecord(written.config);
  const start = { batchSize: 64, baseline: { loss: baseline, accuracy: 0.5 } } as StartEvent;
  record.add({
    steps: losses.length,
    why: 'reached',
    losses: Float64Array.from(losses),
    findings: [],
    worstNorm: 1,
    accuracy: accuracy ?? null,
    stableRate: null,
    start,
    endLoss: null,
    seconds: 1,
    ...over,
  });
  return record;
}

const steady = (loss: number, steps = 40): number[] => Array.from({ length: steps }, () => loss);
const [scale, lower] = singleCandidates([explosion()], written);

function tried(record: TrialRecord, over: Partial<Tried> = {}): Tried {
  if (scale === undefined) throw new Error('no candidate');
  return { candidate: scale, record, verified: false, seeds: 1, seedsPassed: 1, ...over };
}

describe('candidates', () => {
  it('are the fixes of the findings, causes first', () => {
    expect([scale, lower].map((candidate) => candidate && nameOf(candidate))).toEqual(['scale-inputs', 'lower-learning-rate']);
    expect(scale?.config.data.scale.inputs).toBe('standard');
  });

  it('become pairs by what the trial of the first one calls for, with figures measured there', () => {
    if (scale === undefined) throw new Error('no candidate');
    const own = [explosion({ fixes: ['lower-learning-rate'], evidence: { 'stable learning rate': 0.02 } })];
    const [pair] = pairCandidates(scale, { findings: own, stableRate: 0.02 }, [explosion()], written);
    expect(pair && nameOf(pair)).toBe('scale-inputs+lower-learning-rate');
    expect(pair?.config.training.optimizer.learningRate).toBe(0.02);
    expect(pair?.config.data.scale.inputs).toBe('standard');
  });

  it('are a single fix with another value where the second is of the kind of the first', () => {
    if (lower === undefined) throw new Error('no candidate');
    const own = [explosion({ fixes: ['lower-learning-rate'], evidence: { 'stable learning rate': 0.0005 } })];
    const [better] = pairCandidates(lower, { findings: own, stableRate: 0.0005 }, [explosion()], written);
    expect(better && nameOf(better)).toBe('lower-learning-rate');
    expect(better?.config.training.optimizer.learningRate).toBe(0.0005);
    const slow = pairCandidates(lower, { findings: [], stableRate: 0.05 }, [explosion()], written)[0];
    expect(slow && [nameOf(slow), titleOf(slow)]).toEqual(['lower-learning-rate', 'Lower the learning rate to 0.05']);
  });
});

describe('a record', () => {
  it('compares a loss with its own trivial predictor, so that units do not matter', () => {
    expect(recordOf(steady(300), { baseline: 1000 }).shareAt()).toBeCloseTo(0.3);
    expect(recordOf(steady(0.3)).shareAt()).toBeCloseTo(0.3);
    expect(recordOf([1, NaN], { why: 'non-finite' }).shareAt()).toBe(Infinity);
  });

  it('is repaired at half of the trivial loss or half of the way to accuracy 1, and never with an error', () => {
    expect(recordOf(steady(0.49)).isRepaired).toBe(true);
    expect(recordOf(steady(0.51)).isRepaired).toBe(false);
    expect(recordOf(steady(0.9), { accuracy: 0.8 }).isRepaired).toBe(true);
    expect(recordOf(steady(0.9), { accuracy: 0.7 }).isRepaired).toBe(false);
    expect(recordOf(steady(0.1), { findings: [explosion()] }).isRepaired).toBe(false);
    expect(recordOf([]).isRepaired).toBe(false);
  });
});

describe('looks', () => {
  it('double up to the full run', () => {
    expect([0, 1, 2, 5, 9].map((look) => rung(look, 400))).toEqual([10, 20, 40, 320, 400]);
    expect(rungAfter(20, 400)).toBe(40);
    expect(rungAfter(33, 400)).toBe(40);
    expect(rung(0, 3)).toBe(3);
  });

  it('are verified over a fifth of a run, and past the trouble of the control', () => {
    expect(verificationSteps(400, 0)).toBe(80);
    expect(verificationSteps(400, 200)).toBe(250);
    expect(verificationSteps(400, 399)).toBe(400);
  });

  it('are verified past the peak of a learning rate that rises', () => {
    const rising = loadConfig(TEXT.replace('}}}', '},"learningRateSchedule":{"type":"constant","warmupSteps":200}}}'), FILE).config;
    expect(pastPeak(written.config, 400)).toBe(0);
    expect(pastPeak(rising, 400)).toBeGreaterThanOrEqual(200);
  });

  it('keep the better half, and all while they cannot be told apart', () => {
    expect(survivors([0.5, 0.9, 1, Infinity])).toBe(2);
    expect(survivors([1, 1.01, 1.02])).toBe(3);
    expect(survivors([0.7])).toBe(1);
  });

  it('give up what falls too slowly', () => {
    const falling = Array.from({ length: 80 }, (_, step) => 0.99 ** step);
    expect(isHopeless(recordOf(falling), 400)).toBe(false);
    expect(isHopeless(recordOf(steady(0.9, 80)), 400)).toBe(true);
    expect(isHopeless(recordOf(steady(0.9, 20)), 400)).toBe(false);
  });
});

describe('the ranking', () => {
  it('puts verified before lower losses, those without an error next, lost and crashed ones last', () => {
    const crashed = recordOf([]);
    crashed.failure = 'exit code 7';
    const order = [
      tried(recordOf(steady(0.4)), { verified: true }),
      tried(recordOf(steady(0.3))),
      tried(recordOf(steady(0.9))),
      tried(recordOf(steady(0.1), { findings: [explosion()] })),
      tried(recordOf([1, NaN], { why: 'non-finite' })),
      tried(crashed),
    ];
    expect(ranked([...order].reverse())).toEqual(order);
  });

  it('leaves equal losses in the order of the causes', () => {
    const [first, second] = [tried(recordOf(steady(0.13))), tried(recordOf(steady(0.02)))];
    expect(ranked([first, second])).toEqual([first, second]);
    expect(ranked([tried(recordOf(steady(0.6))), second])[0]).toBe(second);
  });

  it('judges beside the control after as many updates', () => {
    const control = recordOf(steady(1));
    expect(verdictOf(tried(recordOf(steady(0.5))), control)).toBe('helps');
    expect(verdictOf(tried(recordOf(steady(0.97))), control)).toBe('no-effect');
    expect(verdictOf(tried(recordOf(steady(1.2))), control)).toBe('worse');
    expect(verdictOf(tried(recordOf([1, NaN], { why: 'non-finite' })), control)).toBe('worse');
    const lost = recordOf([1, 5, Infinity], { why: 'non-finite' });
    expect(verdictOf(tried(recordOf(steady(3))), lost)).toBe('helps');
    expect(trialEvent(tried(recordOf(steady(3))), lost)).toMatchObject({ share: 3, controlShare: Infinity, steps: 40, seeds: 1 });
  });
});

describe('the reason', () => {
  it('tells what none of them reached, and what stopped them', () => {
    const trials = [trialEvent(tried(recordOf(steady(1.2), { findings: [explosion()] })), recordOf(steady(1)))];
    const text = reasonOf({ status: 'none', best: null, trials, steps: 80, fullRun: 400, ended: null, findings: [explosion()] });
    expect(text).toBe("None of the 1 fix tried works: the lowest loss was 1.2 of the trivial predictor's; explosion-risk before training.");
  });
});

describe('places', () => {
  it('run so many at a time, in order, and go on after a failure', async () => {
    const places = new Places(2);
    let running = 0;
    const seen: number[] = [];
    const work = [0, 1, 2, 3, 4].map((n) =>
      places.run(async () => {
        seen.push(n);
        running += 1;
        expect(running).toBeLessThanOrEqual(2);
        await Promise.resolve();
        running -= 1;
        if (n === 1) throw new Error('one');
        return n;
      }),
    );
    const results = await Promise.allSettled(work);
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
  });
});
