import { readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { encryption } from './encryption.ts';
import { resolvers } from './resolvers.ts';

const own = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');
const typeDefs = [encryption.typeDefs, own];

export const schema = encryption.transformer(makeExecutableSchema({ typeDefs, resolvers }));
