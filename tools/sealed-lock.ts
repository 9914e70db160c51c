import { writeFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { readTypeDefs, SEALED_LOCK_FILE, TABLE_OF } from '../src/api/index.ts';
import { sealedColumns } from '../src/database/index.ts';
import { deriveLock, readRegistry } from '../src/encryption-directive/index.ts';

/** Writes what each encrypted coordinate is bound to; start-up refuses anything else from then on. */
const registry = readRegistry(makeExecutableSchema({ typeDefs: readTypeDefs() }), { columns: sealedColumns(TABLE_OF) });
writeFileSync(SEALED_LOCK_FILE, `${JSON.stringify(deriveLock(registry), null, '\t')}\n`);
