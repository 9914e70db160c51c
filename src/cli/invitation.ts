import { type DatabaseAccess, openIssuer, openPlaneOf } from '../compose.ts';
import type { Config } from '../config.ts';
import { type Plane, selectAccountByEmail, selectFirmByName } from '../database/index.ts';
import { sharedFileId } from './demo.ts';

const TWELVE_HOURS = 12 * 60 * 60;
const PEOPLE = [
	'member@northgate.example',
	'owner@northgate.example',
	'client@northgate.example',
	'member@harbour.example',
	'operator@platform.example',
	'auditor@platform.example',
];

/** What `npm start` prints: tokens, and six lines to copy that show what Firmseal is for. */
export async function invitation(config: Config, database: DatabaseAccess, url: string): Promise<string> {
	if (config.tokens) return `Firmseal answers on ${url}/graphql\nTokens come from the issuer of the settings.\n`;
	const worker = openPlaneOf(database, 'firmseal_worker', 1);
	try {
		const firm = await worker.read(null, (tx) => selectFirmByName(tx, 'northgate'));
		return lines(url, database, firm?.id ?? '', await issueTokens(config, worker));
	} finally {
		await worker.close();
	}
}

async function issueTokens(config: Config, worker: Plane): Promise<ReadonlyMap<string, string>> {
	const issuer = await openIssuer(config);
	const tokens = new Map<string, string>();
	for (const email of PEOPLE) {
		const account = await worker.read(null, (tx) => selectAccountByEmail(tx, email));
		if (account) tokens.set(email, await issuer.issueToken({ subject: account.subject, seconds: TWELVE_HOURS }));
	}
	return tokens;
}

function lines(
	url: string,
	{ admin, firm: firmUrl }: DatabaseAccess,
	firm: string,
	tokens: ReadonlyMap<string, string>,
): string {
	const ask = (who: string, query: string) =>
		`curl -s ${url}/graphql -H 'content-type: application/json' -H 'authorization: Bearer ${tokens.get(who)}' -d '${JSON.stringify({ query })}'`;
	const stored = `select id, encode(title, $$hex$$) as title from notes where firm_id = $$${firm}$$ order by created_at desc, id desc limit 1`;
	const sql = `import("pg").then(async ({ default: { Client } }) => { const db = new Client(${JSON.stringify(admin ?? firmUrl)}); await db.connect(); console.log((await db.query(${JSON.stringify(stored)})).rows[0]); await db.end(); })`;
	return [
		'',
		`Firmseal answers on ${url}/graphql`,
		'',
		'Tokens, valid for twelve hours (`npx firmseal token --user EMAIL` makes another):',
		...[...tokens].map(([email, token]) => `  ${email}\n    ${token}`),
		'',
		'Try, in another terminal in this folder:',
		'',
		'# 1. A member reads the newest note',
		ask('member@northgate.example', '{ notes(first: 1) { nodes { id title body } } }'),
		'',
		...(tokens.has('operator@platform.example')
			? [
					'# 2. An operator asks for the same note: metadata, and the content withheld',
					ask(
						'operator@platform.example',
						`{ notes(firmId: "${firm}", first: 1) { nodes { id createdAt title body } } }`,
					),
					'',
				]
			: []),
		'# 3. The same title as the database holds it',
		`node -e '${sql}'`,
		'',
		'# 4. The owner sees both on record, the reading and the refusal, and the alert that the first refusal raises within a second',
		ask(
			'owner@northgate.example',
			'{ auditEntries(first: 3) { nodes { at action decision actorRoles coordinates recordIds reason } } }',
		),
		'',
		'# 5. A client of the firm sees in the portal what is shared with it, and nothing else',
		ask(
			'client@northgate.example',
			'{ documents { nodes { name description } } invoices { nodes { number status total memo } } threads { nodes { messages(last: 1) { nodes { author { name role } subject body } } } } }',
		),
		'',
		'# 6. It downloads a file that is shared with it: stored encrypted, opened while it goes out',
		`curl -s ${url}/documents/${sharedFileId}/content -H 'authorization: Bearer ${tokens.get('client@northgate.example')}'`,
		'',
		'Ctrl-C stops everything; `npm start` goes on with the same data.',
		'',
	].join('\n');
}
