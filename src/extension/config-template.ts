/** A data file with a header row, for a first config. */
export interface DataColumns {
  file: string;
  columns: string[];
}

/** A config to start from: on a table's last column, or on generated circles. The text has comments and is formatted. */
export function configTemplate(data: DataColumns | null): string {
  return data === null
    ? template(CIRCLES, 'binaryCrossentropy', '"accuracy"', 'sigmoid')
    : template(tableData(data), 'meanSquaredError', '"meanAbsoluteError"');
}

const CIRCLES = `"generator": { "name": "circles", "samples": 1000, "noise": 0.1, "seed": 1 },`;

function tableData({ file, columns }: DataColumns): string {
  return [
    `"file": ${JSON.stringify(file)},`,
    `    // The column to be predicted. For classes, use the loss "sparseCategoricalCrossentropy" and a softmax output.`,
    `    "target": ${JSON.stringify(columns.at(-1) ?? 'target')},`,
    `    "scale": "standard",`,
  ].join('\n');
}

function template(data: string, loss: string, metric: string, activation?: string): string {
  return `{
  "data": {
    ${data}
    "validationSplit": 0.2
  },
  "model": {
    "layers": [
      { "type": "dense", "units": 16, "activation": "relu" },
      { "type": "dense", "units": 1${activation === undefined ? '' : `, "activation": "${activation}"`} }
    ]
  },
  "training": {
    "loss": "${loss}",
    "metrics": [${metric}],
    "optimizer": { "type": "adam", "learningRate": 0.01 },
    "epochs": 20,
    "batchSize": 32,
    "seed": 42
  }
}
`;
}

/** The column names of a table's header row. */
export function headerColumns(line: string, separator: ',' | '\t'): string[] {
  return line
    .replace(/^\uFEFF/, '')
    .split(separator)
    .map((name) =>
      name
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .replaceAll('""', '"'),
    )
    .filter((name) => name !== '');
}
