import type { Random } from '../random.js';
import { requireRange, requireSize, type Formula, type Named } from './generator-formula.js';

/** Where n points lie on a full turn, the first at angle 0. */
const turn = (i: number, n: number): number => (2 * Math.PI * i) / n;

/** As scikit-learn's make_circles: evenly spaced angles; radius 1 is class 0, radius `factor` is class 1. */
export function circles({ samples, noise, factor }: Named<'circles'>, random: Random): Formula {
  requireSize(samples, 2);
  return {
    rows: samples,
    shape: [2],
    row(i, x) {
      const label = i % 2;
      const angle = turn(i >> 1, label === 0 ? Math.ceil(samples / 2) : Math.floor(samples / 2));
      const radius = label === 0 ? 1 : factor;
      x[0] = radius * Math.cos(angle) + noise * random.normal();
      x[1] = radius * Math.sin(angle) + noise * random.normal();
      return label;
    },
  };
}

/** As scikit-learn's make_blobs: centres uniform in [-spread, spread], points normal around them. */
export function blobs({ samples, centers, features, std, spread }: Named<'blobs'>, random: Random): Formula {
  requireSize(samples, features);
  requireSize(centers, features, 'centers');
  const middle = Float64Array.from({ length: centers * features }, () => (2 * random.uniform() - 1) * spread);
  return {
    rows: samples,
    shape: [features],
    row(i, x) {
      const label = i % centers;
      for (let j = 0; j < features; j++) x[j] = (middle[label * features + j] as number) + std * random.normal();
      return label;
    },
  };
}

/** As scikit-learn's make_moons: class 0 is (cos t, sin t), class 1 is (1 - cos t, 1/2 - sin t), t evenly from 0 to pi. */
export function moons({ samples, noise }: Named<'moons'>, random: Random): Formula {
  requireSize(samples, 2);
  return {
    rows: samples,
    shape: [2],
    row(i, x) {
      const label = i % 2;
      const count = label === 0 ? Math.ceil(samples / 2) : Math.floor(samples / 2);
      const t = (Math.PI * (i >> 1)) / Math.max(1, count - 1);
      x[0] = (label === 0 ? Math.cos(t) : 1 - Math.cos(t)) + noise * random.normal();
      x[1] = (label === 0 ? Math.sin(t) : 0.5 - Math.sin(t)) + noise * random.normal();
      return label;
    },
  };
}

/** Arms r (cos a, sin a) with r evenly from 0 to 1 and a = 2 pi (turns r + class / classes). */
export function spiral({ samples, classes, turns, noise }: Named<'spiral'>, random: Random): Formula {
  requireSize(samples, 2);
  const perArm = Math.ceil(samples / classes);
  return {
    rows: samples,
    shape: [2],
    row(i, x) {
      const label = i % classes;
      const radius = Math.floor(i / classes) / Math.max(1, perArm - 1);
      const angle = 2 * Math.PI * (turns * radius + label / classes);
      x[0] = radius * Math.cos(angle) + noise * random.normal();
      x[1] = radius * Math.sin(angle) + noise * random.normal();
      return label;
    },
  };
}

/** (0,0) 0, (0,1) 1, (1,0) 1, (1,1) 0, repeated. */
export function xor({ rows }: Named<'xor'>): Formula {
  requireSize(rows, 2, 'rows');
  return {
    rows,
    shape: [2],
    row(i, x) {
      x[0] = (i >> 1) & 1;
      x[1] = i & 1;
      return (i & 1) ^ ((i >> 1) & 1);
    },
  };
}

/** Class 0 uniform in [0.2, 0.4] x [0.2, 0.4], class 1 in [0.5, 0.7] x [0.5, 0.7]. */
export function squares({ samples }: Named<'squares'>, random: Random): Formula {
  requireSize(samples, 2);
  return {
    rows: samples,
    shape: [2],
    row(i, x) {
      const label = i % 2;
      const corner = label === 0 ? 0.2 : 0.5;
      x[0] = corner + 0.2 * random.uniform();
      x[1] = corner + 0.2 * random.uniform();
      return label;
    },
  };
}

/** x uniform in [low, high); the label is drawn without looking at x. */
export function randomLabels({ samples, features, low, high, classes }: Named<'randomLabels'>, random: Random): Formula {
  requireSize(samples, features);
  requireRange(low, high);
  return {
    rows: samples,
    shape: [features],
    row(_, x) {
      for (let j = 0; j < features; j++) x[j] = low + (high - low) * random.uniform();
      return random.integer(classes);
    },
  };
}
