// Writes what is made from the config schema: the JSON Schema and the tables of docs/config.md. Run: npm run schema
import { readFileSync, writeFileSync } from 'node:fs';
import { withReference } from '../src/config/config-reference.js';
import { jsonSchemaText } from '../src/config/json-schema.js';

const docs = 'docs/config.md';
writeFileSync('src/config/gradwatch.schema.json', jsonSchemaText());
writeFileSync(docs, withReference(readFileSync(docs, 'utf8')));
