import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { bindingOf, findPackage, packageIn, searchPlaces } from '../../../../../src/training/engine/native/find-package.js';
import { defaultInstallFolder } from '../../../../../src/training/engine/native/install-folder.js';
import { project, temporary } from './folders.js';

const nowhere = temporary();
const hidden = { ownDir: nowhere, installDir: nowhere, env: {} };

describe('where tfjs-node is looked for', () => {
  it('is the set folder, the variable, the trusted project, Gradwatch and its own installation, in this order', () => {
    const sources = { tensorflowPath: 'a', projectDir: 'c', ownDir: 'd', installDir: 'e', env: { GRADWATCH_TENSORFLOW: 'b' } };
    expect(searchPlaces({ ...sources, trusted: true }).map(({ folder }) => folder)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(searchPlaces(sources).map(({ folder }) => folder)).toEqual(['a', 'b', 'd', 'e']);
  });

  it('finds it in the project and in a folder above it, but not where the project is not trusted', () => {
    const folder = project();
    const below = path.join(folder, 'configs', 'deep');
    expect(findPackage({ ...hidden, projectDir: below, trusted: true })?.version).toBe('4.22.0');
    expect(findPackage({ ...hidden, projectDir: below })).toBeNull();
  });

  it('takes the set folder first, be it the package itself or a folder that has it', () => {
    const set = project({ version: '4.22.0' });
    const inProject = project({ version: '4.0.0' });
    const itself = path.join(set, 'node_modules', '@tensorflow', 'tfjs-node');
    for (const tensorflowPath of [set, itself]) {
      const found = findPackage({ ...hidden, tensorflowPath, projectDir: inProject, trusted: true });
      expect(found).toMatchObject({ version: '4.22.0', main: path.join(itself, 'main.js') });
    }
  });

  it('passes over a manifest it cannot read', () => {
    const folder = project();
    writeFileSync(path.join(folder, 'node_modules', '@tensorflow', 'tfjs-node', 'package.json'), '{');
    expect(packageIn(folder)).toBeNull();
  });

  it('tells whether the native part is there', () => {
    const found = (binding: boolean) => {
      const place = packageIn(project({ binding }));
      return place === null ? 'no package' : bindingOf(place);
    };
    expect(found(false)).toBeNull();
    expect(found(true)).toMatch(/tfjs_binding\.node$/);
  });
});

describe('defaultInstallFolder', () => {
  it.each([
    ['linux', {}, ['home', '.local', 'share', 'gradwatch', 'tensorflow']],
    ['linux', { XDG_DATA_HOME: 'data' }, ['data', 'gradwatch', 'tensorflow']],
    ['darwin', {}, ['home', 'Library', 'Application Support', 'gradwatch', 'tensorflow']],
    ['win32', { LOCALAPPDATA: 'local' }, ['local', 'gradwatch', 'tensorflow']],
  ] as const)('on %s with %o', (platform, env, parts) => {
    expect(defaultInstallFolder(env, platform, 'home')).toBe(path.join(...parts));
  });
});
