import { describe, expect, it } from 'vitest';
import { faultOf, prepareText, rowsOf } from './prepare.js';

const inputs = async (...args: Parameters<typeof prepareText>): Promise<number[][]> => {
  const { train, features } = await prepareText(...args);
  return rowsOf(train.inputs, features.length);
};

describe('csv and tsv', () => {
  it('reads numbers, quoted fields, CRLF, a byte order mark and blank lines', async () => {
    const text = '\ufeffa,"b, c",y\r\n1,"2.5",3\r\n\r\n-4e1," 5 ",+6\r\n';
    const data = await prepareText('a.csv', text);
    expect(data.features.map((f) => f.name)).toEqual(['a', 'b, c']);
    expect(rowsOf(data.train.inputs, 2)).toEqual([
      [1, 2.5],
      [-40, 5],
    ]);
    expect([...data.train.targets]).toEqual([3, 6]);
  });

  it('reads tabs, and quoted fields that span lines', async () => {
    expect(await inputs('a.tsv', 'a\tb\ty\n1\t2\t3\n')).toEqual([[1, 2]]);
    expect(await inputs('a.csv', 'a,t,y\n1,"x\nz",2\n3,"x\nz",4\n')).toEqual([
      [1, 1],
      [3, 1],
    ]);
  });

  it('names the true line behind blank lines and fields that span lines', async () => {
    const fault = await faultOf(prepareText('a.csv', 'a,t,y\n\n1,"x\nz",2\n,q,4\n'));
    expect(fault).toMatchObject({ code: 'data-invalid', file: 'a.csv', line: 5, path: ['data', 'file'] });
    expect(fault.message).toContain('"a" has no number in line 5');
  });

  it('types columns by their content: one-hot text sorted, booleans 0 and 1', async () => {
    const data = await prepareText('a.csv', 'city,member,y\nLyon,true,1\nBern,False,2\nLyon,TRUE,3\n');
    expect(data.features.map((f) => f.name)).toEqual(['city=Bern', 'city=Lyon', 'member']);
    expect(rowsOf(data.train.inputs, 3)).toEqual([
      [0, 1, 1],
      [1, 0, 0],
      [0, 1, 1],
    ]);
  });

  it('learns texts on the training rows; one that only validation has is all zeros', async () => {
    const data = await prepareText('a.csv', 'c,y\nred,1\nblue,2\nred,3\ngreen,4\n', { validationSplit: 0.25 });
    expect(data.features.map((f) => f.name)).toEqual(['c=blue', 'c=red']);
    expect([...(data.validation?.inputs ?? [])]).toEqual([0, 0]);
  });

  it('takes a column of texts with some numbers for text', async () => {
    const data = await prepareText('a.csv', 'car,y\n2002,1\nIsetta,2\nMini,3\n');
    expect(data.features.map((f) => f.name)).toEqual(['car=2002', 'car=Isetta', 'car=Mini']);
  });

  it.each([
    ['an empty file', '', { message: /empty/ }],
    ['blank lines only', '\n\n', { message: /no header/ }],
    ['a header only', 'a,y\n', { message: /no rows/, line: 1 }],
    ['a ragged line', 'a,y\n1,2\n3,4,5\n', { message: /Line 3 has 3 fields, the header has 2/, line: 3 }],
    ['text in a numeric column', 'a,y\n1,2\n3,4\noops,5\n', { message: /"a" has numbers, but line 4 has the text "oops"/, line: 4 }],
    ['a NaN row', 'a,y\n1,2\nNaN,4\n', { message: /"a" has no number in line 3/, line: 3 }],
    ['a missing target', 'a,y\n1,2\n3,\n', { message: /"y" has no number in line 3/, line: 3 }],
    ['1e300', 'a,y\n1,2\n1e300,4\n', { message: /"a" has 1e\+300, beyond the largest float32/, line: 3 }],
    ['1e999', 'a,y\n1,2\n1e999,4\n', { message: /"a" has Infinity/, line: 3 }],
    ['infinity', 'a,y\n1,2\n-inf,4\n', { message: /"a" has -Infinity/, line: 3 }],
    ['a huge target', 'a,y\n1,2\n1,-4e38\n', { message: /"y" has -4e\+38/, line: 3 }],
    ['a doubled header name', 'a,b,a,y\n1,2,3,4\n', { message: /names the column "a" twice/, line: 1 }],
    ['a header without a name', 'a,,y\n1,2,3\n', { message: /Column 2 has no name/, line: 1 }],
    ['an overlong header name', `a,${'x'.repeat(300)},y\n1,2,3\n`, { message: /column 2 has 300 characters/, line: 1 }],
    ['an unclosed quote', 'a,y\n1,"2\n3,4\n', { message: /inside a quoted field/ }],
    ['a stray quote', 'a,y\n1,2\n5" x,4\n', { message: /quote inside an unquoted field/, line: 3 }],
    ['semicolons', 'a;b;y\n1;2;3\n', { message: /separated by ";"/, line: 1 }],
    ['tabs', 'a\ty\n1\t2\n', { message: /separated by tabs/, action: /tsv/ }],
  ])('refuses %s', async (_, text, { message, action, line }: { message: RegExp; action?: RegExp; line?: number }) => {
    const fault = await faultOf(prepareText('a.csv', text));
    expect(fault).toMatchObject({ code: 'data-invalid', file: 'a.csv', path: ['data', 'file'] });
    expect(fault.message).toMatch(message);
    expect(fault.action).toMatch(action ?? /\w/);
    if (line !== undefined) expect(fault.line).toBe(line);
  });

  it('refuses text that is not UTF-8, naming the line', async () => {
    const latin1 = Buffer.from('a,y\n1,2\nK\xf6ln,3\n', 'latin1');
    expect(await faultOf(prepareText('a.csv', latin1))).toMatchObject({ code: 'data-invalid', line: 3, action: 'Save it as UTF-8.' });
    const utf16 = Buffer.from('\ufeffa,y\n1,2\n', 'utf16le');
    expect((await faultOf(prepareText('a.csv', utf16))).message).toContain('UTF-16');
  });

  it('refuses a text column with a class of its own in every row of a large table', async () => {
    const rows = Array.from({ length: 1200 }, (_, i) => `name-${i},${i}`).join('\n');
    expect((await faultOf(prepareText('a.csv', `id,y\n${rows}\n`))).message).toContain('1200 different texts');
  });
});

describe('missing cells', () => {
  const text = 'a,c,y\n1,u,1\n,v,2\n3,u,NA\n5,,4\n9,v,5\n';

  it('drops rows', async () => {
    const data = await prepareText('a.csv', text, { missing: 'drop' });
    expect(data.droppedRows).toBe(3);
    expect([...data.train.targets]).toEqual([1, 5]);
  });

  it('fills inputs with the mean or most frequent text of the training rows, and drops rows without a target', async () => {
    const data = await prepareText('a.csv', text, { missing: 'mean', validationSplit: 0.25 });
    // Training rows: lines 2, 3 and 5; line 4 has no target, line 6 is for validation.
    expect(data.droppedRows).toBe(1);
    expect(rowsOf(data.train.inputs, 3)).toEqual([
      [1, 1, 0],
      [3, 0, 1],
      [5, 1, 0],
    ]);
  });

  it('refuses when every row is dropped, and when a column has nothing to average', async () => {
    const fault = await faultOf(prepareText('a.csv', 'a,y\n,1\n,2\n', { missing: 'drop' }));
    expect(fault.message).toContain('No row is left');
    expect((await faultOf(prepareText('a.csv', 'a,y\n,1\n,2\n', { missing: 'mean' }))).message).toContain('"a" has no value');
  });
});

describe('columns', () => {
  const text = 'width,height,price,label\n1,2,3,a\n4,5,6,b\n';

  it('uses the features in the order given', async () => {
    expect(await inputs('a.csv', text, { features: ['price', 'width'], target: 'height' })).toEqual([
      [3, 1],
      [6, 4],
    ]);
  });

  it('takes several targets', async () => {
    const { train, outputUnits } = await prepareText('a.csv', text, { features: ['width'], target: ['price', 'height'] });
    expect(train.targetShape).toEqual([2]);
    expect([...train.targets]).toEqual([3, 2, 6, 5]);
    expect(outputUnits).toBe(2);
  });

  it.each([
    ['an unknown feature', { features: ['width', 'heigth'], target: 'price' }, ['data', 'features', 1], /no column "heigth"/, /"height"/],
    ['an unknown target', { target: 'prize' }, ['data', 'target'], /no column "prize"/, /"price"/],
    ['an unknown target of several', { target: ['width', 'zzzz'] }, ['data', 'target', 1], /no column "zzzz"/, /There is "width"/],
    [
      'a target among the features',
      { features: ['price', 'width'], target: 'price' },
      ['data', 'features', 0],
      /among the features/,
      /Remove/,
    ],
    ['a feature named twice', { features: ['width', 'width'], target: 'price' }, ['data', 'features', 1], /named twice/, /Remove/],
    ['no target', { target: undefined }, ['data'], /no target/, /"width", "height"/],
    ['no column left', { target: ['width', 'height', 'price', 'label'] }, ['data', 'target'], /No column is left/, /./],
    ['the form of an npz target', { target: { x: 'width', y: 'price' } }, ['data', 'target'], /npz/, /./],
  ])('refuses %s', async (_, data, path, message, action) => {
    const fault = await faultOf(prepareText('a.csv', text, data));
    expect(fault).toMatchObject({ code: 'config-invalid', file: undefined, path });
    expect(fault.message).toMatch(message);
    expect(fault.action).toMatch(action);
  });
});
