import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compilerArguments } from '../../../../../src/training/engine/native/build-binding.js';
import { libraryIn } from '../../../../../src/training/engine/native/native-library.js';
import { put, temporary } from './folders.js';

const header = path.join('include', 'tensorflow', 'c', 'c_api.h');

describe('libraryIn', () => {
  it('knows the layout of a Python wheel', () => {
    const folder = temporary();
    const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'].map((name) => put(folder, name));
    put(folder, header);
    expect(libraryIn(folder, 'linux')).toEqual({ libraries, include: path.join(folder, 'include') });
  });

  it("knows the layout of the vendor's archive", () => {
    const folder = temporary();
    const libraries = ['libtensorflow.so.2', 'libtensorflow_framework.so.2'].map((name) => put(folder, path.join('lib', name)));
    put(folder, header);
    expect(libraryIn(folder, 'linux')).toEqual({ libraries, include: path.join(folder, 'include') });
  });

  it('says what is missing', () => {
    const folder = temporary();
    expect(libraryIn(folder, 'linux')).toContain('libtensorflow_cc.so.2');
    put(folder, 'libtensorflow_cc.so.2');
    expect(libraryIn(folder, 'linux')).toContain('c_api.h');
    expect(libraryIn(folder, 'win32')).toContain('win32');
  });
});

describe('compilerArguments', () => {
  const parts = {
    package: path.resolve('p'),
    apiHeaders: path.resolve('n'),
    library: {
      libraries: [path.resolve('t', 'libtensorflow_cc.so.2'), path.resolve('t', 'libtensorflow_framework.so.2')],
      include: path.resolve('t', 'include'),
    },
  };

  it('compile the two files of the package against N-API 8 and the headers of the library', () => {
    const line = compilerArguments(parts, 'linux');
    expect(line.filter((word) => word.endsWith('.cc')).map((file) => path.basename(file))).toEqual(['tfjs_backend.cc', 'tfjs_binding.cc']);
    expect(line).toEqual(expect.arrayContaining(['-std=c++17', '-shared', '-fPIC', '-DNAPI_VERSION=8', `-I${parts.library.include}`, `-I${path.join(parts.apiHeaders, 'include')}`])); // prettier-ignore
    expect(line[line.indexOf('-o') + 1]).toBe(path.join(parts.package, 'lib', 'napi-v8', 'tfjs_binding.node'));
  });

  it('link the libraries by their names and find them beside the binding, wherever the folder is', () => {
    const line = compilerArguments(parts, 'linux');
    expect(line).toEqual(expect.arrayContaining(['-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2', '-Wl,-rpath,$ORIGIN/../../deps/lib'])); // prettier-ignore
    expect(compilerArguments(parts, 'darwin')).toEqual(expect.arrayContaining(['-Wl,-rpath,@loader_path/../../deps/lib', 'dynamic_lookup'])); // prettier-ignore
  });
});
