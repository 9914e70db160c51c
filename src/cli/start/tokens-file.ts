import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DemoPeople, DemoSignIn } from '../../api/index.ts';
import type { Config } from '../../config/index.ts';
import { identifyToken, selectAccountByEmail, selectFirmByName, type Transaction } from '../../database/index.ts';
import { type NamedProcess, replaceOwnerOnly, runsInShell, thisProcess } from '../../local-files/index.ts';
import { type DatabaseAccess, openIssuer, openPlaneOf } from '../../wiring/index.ts';

const PROGRAM = fileURLToPath(new URL('../firmseal.js', import.meta.url));
const CONNECTION = new URL('../../database/connection.ts', import.meta.url).href;

/** The demo's people, by the shell variable that holds their token. */
const PEOPLE = {
	OWNER: 'owner@northgate.example',
	MEMBER: 'member@northgate.example',
	CLIENT: 'client@northgate.example',
	HARBOUR_OWNER: 'owner@harbour.example',
	HARBOUR_MEMBER: 'member@harbour.example',
	HARBOUR_CLIENT: 'client@harbour.example',
	OPERATOR: 'operator@platform.example',
	APPROVER: 'approver@platform.example',
	REVIEWER: 'reviewer@platform.example',
	AUDITOR: 'auditor@platform.example',
} as const;

const PLATFORM = '@platform.example';

const TWELVE_HOURS = 12 * 60 * 60;

const ONE_HOUR = 60 * 60;

/** Lifetime in seconds of a token that the built-in issuer gives a person: twelve hours, or less if the settings say so. */
export const tokenLifetime = ({ tokenRules }: Pick<Config, 'tokenRules'>): number =>
	Math.min(TWELVE_HOURS, tokenRules.maxLifeSeconds);

/** The demo's people who have an account in this installation. A token is issued when it is requested. */
export interface DemoTokens extends DemoPeople {
	readonly people: readonly (DemoPeople['people'][number] & { readonly name: string })[];
	/** How these people sign in to the pages. */
	readonly signIn: DemoSignIn;
	/** Writes or replaces the file that a shell sources, which only its owner may read. `url` is the address of the API. */
	write(path: string, url: string): Promise<void>;
}

/**
 * @param file id of the document that the examples download
 * @throws SetupError if an external issuer is configured
 */
export async function openDemoTokens(config: Config, database: DatabaseAccess, file: string): Promise<DemoTokens> {
	const issuer = await openIssuer(config);
	const worker = openPlaneOf(database, 'firmseal_worker', 1);
	const accounts = new Map<string, DemoSignIn['people'][number]>();
	let firm: string;
	try {
		firm = (await worker.read(null, (tx) => selectFirmByName(tx, 'northgate')))?.id ?? '';
		for (const email of Object.values(PEOPLE)) {
			const person = await worker.read(null, (tx) => findPerson(tx, email));
			if (person) accounts.set(email, person);
		}
	} finally {
		await worker.close();
	}
	const start = `# Of start ${randomUUID()}`;
	const server = await thisProcess();
	const people = Object.entries(PEOPLE)
		.map(([name, email]) => ({ name, email, side: sideOf(email) }))
		.filter(({ email }) => accounts.has(email));
	const tokenOf = async (email: string, seconds: number) => {
		const account = accounts.get(email);
		return account === undefined ? null : issuer.issueToken({ subject: account.subject, seconds });
	};
	return {
		people,
		example: exampleOf(firm),
		tokenOf,
		signIn: {
			people: [...accounts.values()],
			signer: issuer,
			seconds: Math.min(ONE_HOUR, config.tokenRules.maxLifeSeconds),
		},
		async write(path, url) {
			const tokens = await Promise.all(
				people.map(async ({ name, email }) => ({ name, email, token: await tokenOf(email, tokenLifetime(config)) })),
			);
			const about = {
				start,
				server,
				path: resolve(path),
				url,
				firm,
				file,
				databaseUrl: database.admin ?? database.firm,
			};
			await replaceOwnerOnly(path, fileOf(about, tokens));
		},
	};
}

const sideOf = (email: string) => (email.endsWith(PLATFORM) ? ('operator' as const) : ('firm' as const));

/** Null if there is no account. Other firms may have accounts with the same address. */
async function findPerson(tx: Transaction, email: string): Promise<DemoSignIn['people'][number] | null> {
	const side = sideOf(email);
	const firm = side === 'firm' ? await selectFirmByName(tx, email.replace(/^.*@|\.example$/g, '')) : null;
	if (side === 'firm' && !firm) return null;
	const account = await selectAccountByEmail(tx, email, firm?.id ?? null);
	if (!account) return null;
	const { issuer, subject } = account;
	const now = await identifyToken(tx, issuer, subject);
	const roles = now?.operatorRoles ?? (now?.firmRole ? [now.firmRole] : []);
	return { email, subject, side, organisation: firm?.name ?? 'The platform', roles };
}

/** The same query for everyone: each person gets a different answer. */
const exampleOf = (firm: string) => `# Choose a person above, then run this with Ctrl-Enter.
# Descriptions are encrypted. Northgate's members read
# all, its client those of its own files, others none.
query Documents {
  viewer { email }
  documents(firmId: "${firm}", first: 3) {
    nodes { createdAt name description }
  }
}
`;

interface Token {
	readonly name: string;
	readonly email: string;
	readonly token: string | null;
}

interface About {
	/** The first line of the file, which differs for each start. */
	readonly start: string;
	/** The process that answers at `url`. */
	readonly server: NamedProcess;
	readonly path: string;
	readonly url: string;
	readonly firm: string;
	readonly file: string;
	readonly databaseUrl: string;
}

function fileOf({ start, server, path, url, firm, file, databaseUrl }: About, tokens: readonly Token[]) {
	const stored = `select id, encode(title, $$hex$$) as title from notes where firm_id = $$${firm}$$ order by created_at desc, id desc limit 1`;
	const show = `import(${JSON.stringify(CONNECTION)}).then(async ({ openConnection }) => { const db = await openConnection(process.env.DATABASE_URL); console.log((await db.query(${JSON.stringify(stored)})).rows[0]); await db.end(); })`;
	return [
		start,
		"# Tokens of the demo's people, valid for at most twelve hours. `npm start` renews this file every four minutes, because approving a",
		'# lease needs a sign-in within the last five: source it again before you approve.',
		// An address that means all interfaces can't be called.
		`URL=${quoted(url.replace(/\/\/(?:0\.0\.0\.0|\[::\])(?=:)/, '//127.0.0.1'))}`,
		'# The API to which firmseal sends these tokens.',
		'export FIRMSEAL_URL="$URL"',
		`FIRM=${quoted(firm)}`,
		`FILE=${quoted(file)}`,
		...tokens.map(({ name, email, token }) => `${name}=${quoted(token ?? '')} # ${email}`),
		'',
		...shellFunctions({ start, server, path }),
		"# The firm's newest title, as the database holds it.",
		`stored() { runs && DATABASE_URL=${quoted(databaseUrl)} ${quoted(process.execPath)} -e ${quoted(show)}; }`,
		'',
	].join('\n');
}

/** The functions `ask`, `get` and `as` of tokens.sh, which send a token only while the start that wrote the file still runs. */
function shellFunctions({ start, server, path }: Pick<About, 'start' | 'server' | 'path'>): string[] {
	const ended = `The npm start that wrote these tokens has ended: run it again, then source ${path} again.`;
	const missing = `There is no token: source ${path} again, and name one of its people, as "$OWNER".`;
	return [
		'# Every user of this machine can read the arguments of a program. So curl gets tokens and queries from its standard input, as',
		"# curl_option NAME VALUE writes them, and node gets the database's URL from its environment.",
		"escaped() { sed 's/[\\\\\"]/\\\\&/g'; }",
		`curl_option() { printf '%s = "%s"\\n' "$1" "$(printf %s "$2" | escaped)"; }`,
		'',
		'# Once the start has ended, another program may listen at its address: nothing is sent to it.',
		'runs() (',
		`	IFS= read -r first 2>/dev/null <${quoted(path)} && [ "$first" = ${quoted(start)} ] && ${runsInShell(server)} && exit 0`,
		`	printf '%s\\n' ${quoted(ended)} >&2`,
		'	exit 1',
		')',
		'',
		'given() {',
		'	case "$1" in',
		'	?*.?*.?*) ;;',
		`	*) printf '%s\\n' ${quoted(missing)} >&2; return 1 ;;`,
		'	esac',
		'}',
		'',
		'# ask TOKEN QUERY [HEADER]: the answer of the API. No proxy is used: it would read the token and the query.',
		'ask() (',
		'	runs && given "$1" || exit 1',
		"	lines=\"$(printf %s \"$2\" | escaped | sed -e ':a' -e '$!{' -e N -e ba -e '}' -e 's/\\n/\\\\n/g')\"",
		'	query="$(printf %s "$lines" | sed "s/$(printf \'\\t\')/\\\\\\\\t/g")"',
		'	answer="$({',
		'		curl_option header "authorization: Bearer $1"',
		'		curl_option header "content-type: application/json"',
		`		curl_option header "\${3:-accept: application/json}"`,
		'		curl_option data "{\\"query\\":\\"$query\\"}"',
		'	} | curl --noproxy "*" -sS -K - "$URL/graphql")" && printf \'%s\\n\' "$answer"',
		')',
		'',
		'# get TOKEN PATH: the file at this path of the API. Without the slash, the path would become a part of the host.',
		'get() (',
		'	case "$2" in',
		'	/*) runs && given "$1" && curl_option header "authorization: Bearer $1" | curl --noproxy "*" -sS -K - "$URL$2" ;;',
		"	*) printf '%s\\n' 'A path begins with a slash: nothing was asked.' >&2; exit 1 ;;",
		'	esac',
		')',
		'',
		"# as TOKEN COMMAND [OPTION…]: runs a firmseal command as that person. Only the command's environment holds the token. Call it as it is:",
		'# behind timeout or env, the shell would run the assembler, whose name is the same.',
		'as() (',
		'	runs && given "$1" || exit 1',
		'	FIRMSEAL_TOKEN="$1"',
		'	export FIRMSEAL_TOKEN',
		'	shift',
		`	exec ${quoted(process.execPath)} ${quoted(PROGRAM)} "$@"`,
		')',
		'',
	];
}

/** The text as one word of a shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export const tokensFileOf = ({ dataDir }: Config): string => join(dataDir, 'tokens.sh');
