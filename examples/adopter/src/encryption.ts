import { adopt, openKeyringIn } from 'firmseal';
import type { Context } from './context.ts';
import { openDatabase } from './database.ts';
import { dataDirectory } from './settings.ts';
import { cards, remarks } from './tables.ts';

/** What each role of this API may do with content. The resolvers decide who may write. */
const ROLES = { ADMIN: 'OWNER', EDITOR: 'MEMBER', VIEWER: 'MEMBER', GUEST: 'CLIENT', SUPPORT: 'OPERATOR' } as const;

export const encryption = adopt<Context>({
	database: openDatabase(),
	keyring: await openKeyringIn(`${dataDirectory}/keys`),
	tables: { Card: cards, Remark: remarks },
	ownership: { interface: 'WorkspaceOwned', id: 'workspaceId' },
	callerOf: ({ person }) => person && { user: person.id, role: ROLES[person.role], firm: person.workspaceId },
});
