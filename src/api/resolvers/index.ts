import type { GraphQLResolveInfo } from 'graphql';
import { checkId } from '../../firms/index.ts';
import { type RequestContext, requireReach } from '../context.ts';
import { scalarResolvers } from '../scalars.ts';
import type { Resolvers } from '../schema-types.generated.ts';
import { selectedFields } from '../selected-fields.ts';
import { auditQueries, auditResolvers, findAuditEntry } from './audit.ts';
import { firmQueries } from './firms.ts';
import { findNote, noteMutations, noteQueries, noteResolvers } from './notes.ts';
import { findUser, userResolvers } from './user.ts';

/** How an object is found by its id alone, in the order in which the types are asked. */
const FINDERS: readonly { type: 'Note' | 'Firm' | 'User' | 'AuditEntry'; find: Finder }[] = [
	{ type: 'Note', find: (context, id, info) => findNote(context, id, selectedFields(info, [[]], 'Note')) },
	{ type: 'Firm', find: ({ loaders }, id) => loaders.firms.load(id) },
	{ type: 'User', find: findUser },
	{ type: 'AuditEntry', find: findAuditEntry },
];
type Finder = (context: RequestContext, id: string, info: GraphQLResolveInfo) => Promise<object | null>;

const found = new WeakMap<object, string>();

export const resolvers: Resolvers = {
	...scalarResolvers,
	Query: {
		...firmQueries,
		...noteQueries,
		...auditQueries,
		async viewer(_parent, _args, context) {
			requireReach(context, 'Query', 'viewer');
			const user = await context.loaders.users.load(context.principal.user);
			if (!user) throw new Error('The account of an identified principal is not visible to its plane.');
			return user;
		},
		async node(_parent, { id }, context, info) {
			requireReach(context, 'Query', 'node');
			checkId(id, 'id');
			for (const { type, find } of FINDERS) {
				const node = await find(context, id, info);
				if (node) {
					found.set(node, type);
					return node as never;
				}
			}
			return null;
		},
	},
	Mutation: noteMutations,
	Node: { __resolveType: (node) => found.get(node) as 'Note' },
	FirmOwned: { __resolveType: (node) => found.get(node) as 'Note' },
	Note: noteResolvers,
	User: userResolvers,
	AuditEntry: auditResolvers,
};
