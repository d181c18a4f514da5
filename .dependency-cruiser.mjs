// The walls of the house: imports only point down (docs/architecture.md). `npm run check` and tests/house/walls.test.ts read this.
const doors = 'api|smtp|dns|feedback|console|cli'
const roads = 'intake|delivery|imports|events|reputation|insights|third-party|verification'
const ground = 'ledger|access|resources|objects'
const src = (folders) => ({ path: `^src/(${folders})/` })
const core = '^(node:)?(net|tls|dns|http|https|http2|fs|child_process|worker_threads)(/|$)'
// Unit tests beside the code are free.
const no = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: { ...from, pathNot: [from.pathNot, '[.]test[.]ts$'].filter(Boolean) },
  to,
})

export default {
  forbidden: [
    no('no-cycles', 'Two files that need each other are one file, or need a third.', {}, { circular: true }),
    no('doors-apart', 'Doors share work through intake/ and resources/.', src(doors), { ...src(doors), pathNot: '^src/$1/' }),
    no('roads-apart', 'Roads meet in the store and the event log.', src(roads), { ...src(`${roads}|${doors}`), pathNot: '^src/$1/' }),
    no('ground-looks-down', 'Rules about records never start work.', src(ground), src(`${doors}|${roads}`)),
    no('store-looks-down', 'An engine stores; it decides nothing.', src('storage'), src(`${doors}|${roads}|${ground}`)),
    no('floor-looks-down', 'The floor knows nothing of this product.', src('mail|model|kit'), src(`${doors}|${roads}|${ground}|storage|development`)),
    no('wire-is-for-doors', 'Inside we speak our own nouns.', src(`${roads}|${ground}|storage|mail|model|kit|development`), {
      path: 'node_modules/@aws-sdk/client-(ses|sesv2)',
    }),
    no('clients-use-http', 'Console and CLI can do only what a customer can.', src('console|cli'), {
      path: '^src/',
      // What a reply means, and what came back, is pure knowledge: `replies explain` and `feedback explain` show it without a service.
      pathNot: '^src/($1|model|kit|config)/|^src/(service|config)[.]ts$|^src/mail/(explain-reply|feedback/explain-feedback)[.]ts$',
    }),
    no('outside-is-outside', 'The far world of development mode knows only the floor.', src('development'), {
      path: '^src/',
      pathNot: '^src/(development|mail|model|kit)/',
    }),
    no('outside-is-for-the-root', 'No part may lean on the far world being ours.', { path: '^src/', pathNot: '^src/(service[.]ts$|development/)' }, src('development')),
    no('model-alone', 'The vocabulary imports only itself.', src('model'), { path: '.', pathNot: '^src/model/' }),
    no('kit-alone', 'kit/ must make sense in another program.', src('kit'), { path: '^src/', pathNot: '^src/kit/' }),
    no('mail-is-pure', 'Message knowledge is tested with bytes alone.', src('mail|model'), { dependencyTypes: ['core'], path: core }),
    no('port-only', 'Only service.ts chooses an engine.', { path: '^src/', pathNot: '^src/(service[.]ts$|storage/)' }, { path: '^src/storage/', pathNot: 'store[.]ts$' }),
    no('engines-apart', 'No engine leans on another.', { path: '^src/storage/([^/]+)/' }, { path: '^src/storage/[^/]+/', pathNot: '^src/storage/$1/' }),
    no('one-root', 'Only the serve command starts the service.', { path: '^src/', pathNot: '^src/cli/commands/serve[.]ts$' }, { path: '^src/service[.]ts$' }),
    no(
      'settings-are-given',
      'Only the root reads settings.',
      { path: '^src/', pathNot: '^src/(service|main|config)[.]ts$|^src/(config|cli)/' },
      { path: '^src/config([.]ts$|/)' },
    ),
    no('resolvable', 'An import that resolves to nothing escapes every other rule.', { path: '^src/' }, { couldNotResolve: true, pathNot: '^node:sqlite$' }), // newer than the list of Node's own modules that the cruiser has
    no('no-test-code', 'Production never reads test code.', { path: '^src/' }, { path: '^tests/|[.]test[.]ts$' }),
    no('no-dev-packages', 'A production install must run src/.', { path: '^src/' }, { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] }),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'], exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
