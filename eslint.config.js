// The linter holds the direction of imports (docs/architecture.md, "Rooms") and the limits of the house.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Which other rooms a room may import; tests may import all of them. */
const MAY_IMPORT = {
  core: [],
  verifier: ['core'],
  intake: ['core'],
  chaincode: ['core'],
  gateway: ['core', 'intake', 'verifier'],
  network: ['core'],
  scripts: ['core', 'verifier', 'intake', 'chaincode', 'gateway', 'network'],
};
/** Rooms that run in a browser too. */
const WITHOUT_NODE = ['core', 'verifier'];

function forbiddenImports(room) {
  const others = [...Object.keys(MAY_IMPORT), 'test'].filter((one) => one !== room && !MAY_IMPORT[room].includes(one));
  return [...others.map((one) => `**/${one}/**`), ...(WITHOUT_NODE.includes(room) ? ['node:*'] : [])];
}

export default tseslint.config(
  { ignores: ['dist/', 'data/', 'coverage/', 'node_modules/'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      complexity: ['error', 12],
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      // Taking fields apart to leave some out is how an object loses them.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  ...Object.keys(MAY_IMPORT).map((room) => ({
    files: [`${room}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { patterns: forbiddenImports(room) }] },
  })),
  { files: ['scripts/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-unused-expressions': 'off' },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', fetch: 'readonly', URL: 'readonly' } },
  },
);
