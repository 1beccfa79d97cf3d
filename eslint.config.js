// The linter holds the direction of imports (docs/architecture.md, "Rooms") and the limits of the house.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** A room may import only the rooms that stand here; everything else is an error. */
const forbiddenImports = {
  core: [
    '**/verifier/**',
    '**/intake/**',
    '**/chaincode/**',
    '**/gateway/**',
    '**/network/**',
    '**/scripts/**',
    'node:*',
    'fs',
    'path',
  ],
  verifier: [
    '**/intake/**',
    '**/chaincode/**',
    '**/gateway/**',
    '**/network/**',
    '**/scripts/**',
    'node:*',
    'fs',
    'path',
  ],
  intake: ['**/verifier/**', '**/chaincode/**', '**/gateway/**', '**/network/**', '**/scripts/**'],
  chaincode: ['**/verifier/**', '**/intake/**', '**/gateway/**', '**/network/**', '**/scripts/**'],
  gateway: ['**/chaincode/**', '**/network/**', '**/scripts/**'],
  network: ['**/verifier/**', '**/intake/**', '**/chaincode/**', '**/gateway/**', '**/scripts/**'],
  scripts: ['**/test/**'],
};

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
  ...Object.entries(forbiddenImports).map(([room, patterns]) => ({
    files: [`${room}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  })),
  { files: ['scripts/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-unused-expressions': 'off' },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
);
