import { writeFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { LOCK, readTypeDefs, TABLE_OF } from '../api/index.ts';
import { sealedColumns } from '../database/index.ts';
import { deriveLock, readRegistry } from '../encryption-directive/index.ts';

/** Writes what each encrypted coordinate is bound to; start-up refuses anything else from then on. */
const registry = readRegistry(makeExecutableSchema({ typeDefs: readTypeDefs() }), { columns: sealedColumns(TABLE_OF) });
writeFileSync(LOCK, `${JSON.stringify(deriveLock(registry), null, '\t')}\n`);
