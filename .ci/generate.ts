import '../src/cli/quick-imports.ts';

/** Writes what follows from the floors, the schema, the migrations and the tests, in one process: to load the program takes longer than any of it. */
await import('./floors.ts');
await import('../src/cli/generate-lock.ts');
await import('../src/cli/generate-catalogue.ts');
await import('../src/cli/generate-docs.ts');
await import('./promises.ts');
