import '../src/cli/quick-imports.ts';

/** Writes what follows from the floors, the schema, the migrations and the tests, in one process: to load the program takes longer than any of it. */
await import('./floors.ts');
await import('./catalogue-lock.ts');
await import('./docs.ts');
await import('./promises.ts');
