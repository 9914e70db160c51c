import { askForFreshCheckpoint, findKeyLogCheckpoint } from '../../audit-log/proofs/index.ts';
import { contentEntry } from '../../content/index.ts';
import {
	type KeyLogEnd,
	selectCustodyWraps,
	selectFirmCustody,
	selectKeyLogEnd,
	selectKeyLogNames,
	selectKeyLogPage,
	selectLatestKeyVersion,
	selectRecoveryShares,
	type Transaction,
} from '../../database/index.ts';
import { contentSessionOf } from '../../encryption-directive/index.ts';
import { FirmsealError } from '../../errors.ts';
import { addKeyWraps, appendKeyLog, ForgedLogError, recoveriesHeldBy } from '../../firms/index.ts';
import { authorizeMember, authorizeOperation, noteDenial, type RequestContext } from '../context.ts';
import type { FirmResolvers, KeyLogResolvers, MutationResolvers, QueryResolvers } from '../schema-types.generated.ts';

const MAX_ENTRIES = 200;
/** Bytes of the entries of a page. */
const MAX_BYTES = 2 ** 20;
const MAX_WRAPS = 1_000;
const MAX_SHARES = 100;

/** A page of a firm's key log. */
export interface KeyLogNode {
	readonly firm: string;
	/** Null before the first entry. */
	readonly end: KeyLogEnd | null;
	/** Reads the texts of the page once. */
	readonly texts: () => Promise<string[]>;
}

/** The firm of a caller of a firm. An operation that only such callers may call does not need the check. */
export function ownFirmOf({ principal }: RequestContext): string {
	if (principal.kind !== 'firm') throw new FirmsealError('FORBIDDEN', 'Only members of a firm have a key log.');
	return principal.firm;
}

const readOwn = <T>(context: RequestContext, work: (tx: Transaction, firm: string) => Promise<T>): Promise<T> => {
	const firm = ownFirmOf(context);
	return context.services.plane.read(firm, (tx) => work(tx, firm));
};

export const keyLogQueries: Required<Pick<QueryResolvers, 'keyLog' | 'keyWraps' | 'recoveryShares'>> = {
	async keyLog(_parent, { after, first }, context) {
		authorizeOperation(context, 'Query', 'keyLog');
		const page = { from: after == null ? 0 : after + 1, most: first ?? MAX_ENTRIES, bytes: MAX_BYTES };
		let texts: Promise<string[]> | undefined;
		return {
			firm: ownFirmOf(context),
			end: await readOwn(context, selectKeyLogEnd),
			texts: () => (texts ??= readOwn(context, (tx, firm) => selectKeyLogPage(tx, firm, page))),
		};
	},
	async keyWraps(_parent, { class: of, recipient }, context) {
		authorizeOperation(context, 'Query', 'keyWraps');
		const rows = await readOwn(context, (tx, firm) =>
			selectCustodyWraps(tx, { firm, class: of, recipient }, MAX_WRAPS),
		);
		return rows.map(({ wrap }) => wrap);
	},
	recoveryShares(_parent, { recipient }, context) {
		authorizeOperation(context, 'Query', 'recoveryShares');
		return readOwn(context, async (tx, firm) => {
			const log = await context.services.keyLogs.readIn(tx, firm);
			// Those of replaced keys are left out: they could fill the answer.
			const devices = log === null ? [] : recoveriesHeldBy(log, recipient);
			return selectRecoveryShares(tx, { firm, recipient, devices }, MAX_SHARES);
		});
	},
};

export const keyLogResolvers: Required<Omit<KeyLogResolvers, '__isTypeOf'>> = {
	installation: (_log, _args, { services }) => services.keyLogs.installation,
	size: ({ end }) => end?.size ?? 0,
	head: ({ end }) => end?.head ?? null,
	genesis: ({ end }) => end?.genesis ?? null,
	entries: ({ texts }) => texts(),
	async names({ texts }, _args, context) {
		const hashes = (await texts()).flatMap(nameHashOf);
		const rows = await readOwn(context, (tx, firm) => selectKeyLogNames(tx, firm, hashes));
		return rows.map(({ person, salt, name }) => ({ person, salt: Buffer.from(salt).toString('base64'), name }));
	},
	async checkpoint({ firm, end }, _args, { services: { plane } }) {
		if (end === null) return null;
		const found = await plane.read(firm, (tx) => findKeyLogCheckpoint(tx, firm));
		if (found === null || found.isOld) await plane.write(firm, (tx) => askForFreshCheckpoint(tx, firm));
		return found;
	},
	newestVersions: (_log, _args, context) =>
		readOwn(context, async (tx, firm) => {
			const versions: { class: string; version: number }[] = [];
			for (const of of context.services.keyLogs.classes)
				versions.push({ class: of, version: await selectLatestKeyVersion(tx, firm, of) });
			return versions;
		}),
};

/** The commitment to a name in an entry, which the database has checked to be JSON. */
function nameHashOf(text: string): string[] {
	const { body } = JSON.parse(text) as { readonly body?: { readonly name?: unknown } };
	return typeof body?.name === 'string' ? [body.name] : [];
}

export const keyLogMutations: Required<Pick<MutationResolvers, 'appendKeyLog' | 'addKeyWraps'>> = {
	async appendKeyLog(_parent, { input }, context) {
		const acting = authorizeMember(context, 'appendKeyLog');
		const { entries, wraps, names, shares } = input;
		const given = { entries, wraps: wraps ?? [], names: names ?? [], shares: shares ?? [] };
		const { firm, size, head, genesis } = await recordingDenial(context, 'appendKeyLog', (role) =>
			appendKeyLog(context.services, acting, role, given),
		);
		return { keyLog: { firm, end: { size, head, genesis }, texts: async () => [] } };
	},
	async addKeyWraps(_parent, { input: { wraps } }, context) {
		const acting = authorizeMember(context, 'addKeyWraps');
		await recordingDenial(context, 'addKeyWraps', () => addKeyWraps(context.services, acting, wraps));
		return { count: wraps.length };
	},
};

type CustodyMutation =
	| 'appendKeyLog'
	| 'addKeyWraps'
	| 'challengeDevice'
	| 'revealDevice'
	| 'endDevice'
	| 'releaseShare'
	| 'agreeToProposal'
	| 'resealRecords'
	| 'returnRecords';

/** Records a refusal for lack of a right, which the log decides and not the role. */
export async function recordingDenial<T>(
	context: RequestContext,
	operation: CustodyMutation,
	work: (role: 'OWNER' | 'MEMBER' | 'CLIENT') => Promise<T>,
): Promise<T> {
	const { principal } = context;
	if (principal.kind !== 'firm') throw new FirmsealError('FORBIDDEN', 'Only members of a firm have a key log.');
	try {
		return await work(principal.role);
	} catch (error) {
		if (error instanceof ForgedLogError) {
			context.services.onUnproven?.({ firm: principal.firm, lease: null });
			const session = contentSessionOf(context);
			const refusal = { action: 'rights.refuse', decision: 'DENIED', reason: 'FORBIDDEN' } as const;
			session.addEntry(
				contentEntry(session.authorization, { ...refusal, firm: principal.firm, records: [principal.firm] }),
			);
		} else if (error instanceof FirmsealError && error.code === 'FORBIDDEN')
			noteDenial(contentSessionOf(context), `Mutation.${operation}`, { firm: principal.firm });
		throw error;
	}
}

/** Every content class, with the custody that the database has: a client believes its own copy of the key log instead. */
export const custodyResolver: Pick<FirmResolvers, 'custody'> = {
	custody: async ({ id }, _args, { services: { plane, keyLogs }, principal }) => {
		const scope = principal.kind === 'firm' ? id : null;
		const rows = await plane.read(scope, (tx) => selectFirmCustody(tx, id));
		const known = new Map(rows.map((row) => [row.class, row.custody]));
		return keyLogs.classes.map((of) => ({ class: of, custody: known.get(of) ?? 'PLATFORM' }));
	},
};
