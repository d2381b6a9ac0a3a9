// The arrows between rooms (ARCHITECTURE.md). Type imports count.
const room = (name) => `^src/${name}/`;
const anyOf = (...patterns) => `(${patterns.join('|')})`;
const own = '^(src|webview-ui|test|bench)/';
const pureRooms = '^src/(config|telemetry|diagnosis|fixes)/';

/** `from` may import of our own code only what `allowed` matches, itself included. */
const mayOnlyKnow = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: own, pathNot: anyOf(from, ...allowed) },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    mayOnlyKnow('config-knows-nobody', room('config'), [], 'src/config imports nothing of ours.'),
    mayOnlyKnow('telemetry-knows-nobody', room('telemetry'), [], 'src/telemetry imports nothing of ours.'),
    mayOnlyKnow('diagnosis-arrows', room('diagnosis'), [room('config'), room('telemetry')], 'src/diagnosis knows config and telemetry.'),
    mayOnlyKnow(
      'fixes-arrows',
      room('fixes'),
      [room('diagnosis'), room('config'), room('telemetry')],
      'src/fixes knows diagnosis, config and telemetry.',
    ),
    mayOnlyKnow('training-arrows', room('training'), [pureRooms], 'src/training knows the four pure rooms.'),
    mayOnlyKnow(
      'extension-arrows',
      room('extension'),
      [pureRooms],
      'src/extension knows the four pure rooms; it meets training across a process.',
    ),
    mayOnlyKnow('webview-arrows', '^webview-ui/', [pureRooms], 'webview-ui knows the four pure rooms.'),
    {
      name: 'tensorflow-only-in-training',
      comment: 'Only src/training (and what tests or measures it) knows TensorFlow.js.',
      severity: 'error',
      from: { path: '^(src|webview-ui)/', pathNot: room('training') },
      to: { path: '@tensorflow/' },
    },
    {
      name: 'vscode-only-in-extension',
      comment: 'Only src/extension and the tests inside the extension host know vscode.',
      severity: 'error',
      from: { path: own, pathNot: '^(src/extension|test/integration)/' },
      to: { path: '(^vscode$|node_modules/@types/vscode/)' },
    },
    {
      name: 'pure-rooms-do-no-io',
      comment: 'config, telemetry, diagnosis and fixes, and the page, import no Node module.',
      severity: 'error',
      from: { path: anyOf(pureRooms, '^webview-ui/') },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'page-libraries-only-in-webview',
      comment: 'Only webview-ui knows what draws.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: 'node_modules/(lit|lit-.*|@lit.*|uplot|@vscode/codicons)/' },
    },
    {
      name: 'no-test-code-in-product',
      comment: 'What ships does not import tests, benchmarks or development packages.',
      severity: 'error',
      from: { path: '^(src|webview-ui)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm-optional'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'no-circular',
      comment: 'No cycles, types included: split the file.',
      severity: 'error',
      from: { path: own },
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: { path: own },
      to: { couldNotResolve: true, pathNot: '^(vscode|@tensorflow/tfjs-node)$' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|out|\\.vscode-test)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'module', 'node', 'default'] },
  },
};
