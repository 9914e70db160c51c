import '../src/cli/quick-imports.ts';
import { writeFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { SetupError } from '../src/errors.ts';

/**
 * Writes what each encrypted coordinate is bound to. From then on, start-up refuses any other binding. Runs before a migration is written,
 * so that an `@encrypted` field without its column stops here and not in a migration that drops the column.
 */
const { buildFromSdl, readTypeDefs, SEALED_LOCK_FILE, TABLE_OF } = await import('../src/api/index.ts');
const { sealedColumns } = await import('../src/database/index.ts');
const { deriveLock, readRegistry } = await import('../src/encryption-directive/index.ts');
try {
	const registry = buildFromSdl(() =>
		readRegistry(makeExecutableSchema({ typeDefs: readTypeDefs() }), { columns: sealedColumns(TABLE_OF) }),
	);
	writeFileSync(SEALED_LOCK_FILE, `${JSON.stringify(deriveLock(registry), null, '\t')}\n`);
} catch (error) {
	if (!(error instanceof SetupError)) throw error;
	console.error(error.message);
	process.exitCode = 1;
}
