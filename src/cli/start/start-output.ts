import { relative } from 'node:path';
import type { Writable } from 'node:stream';
import type { Progress } from '../print/index.ts';
import { type DemoTokens, quoted } from './tokens-file.ts';

/** The output of `npm start` until the API answers: one growing line. */
export interface StartLine {
	/** Adds the name of the step that begins. */
	step(name: string): void;
	/** Adds a dot for each tenth of a step. */
	readonly progress: (title: string, total: number) => Progress;
	/** Ends the line if it has begun, and writes `sentence` as a line of its own. */
	end(sentence?: string): void;
}

export function startLine(stream: Writable): StartLine {
	let isOpen = false;
	return {
		step(name) {
			stream.write(`${isOpen ? ', ' : 'Starting: '}${name}`);
			isOpen = true;
		},
		progress(_, total) {
			const tenths = (done: number) => Math.floor((done * 10) / total);
			let done = 0;
			return {
				step() {
					done += 1;
					if (isOpen) stream.write('.'.repeat(tenths(done) - tenths(done - 1)));
				},
				end: () => {},
			};
		},
		end(sentence) {
			stream.write(`${isOpen ? '\n' : ''}${sentence === undefined ? '' : `${sentence}\n`}`);
			isOpen = false;
		},
	};
}

interface Shown {
	readonly url: string;
	/** Whether the server has pages at its address. */
	readonly hasPages: boolean;
	/** Address of the GraphiQL page. Like the file of tokens, it lets anyone act as any person of the demo. null if there is no page. */
	readonly page: string | null;
	readonly log: string;
	/** null if an external issuer issues tokens. */
	readonly tokens: { readonly file: string; readonly people: DemoTokens['people'] } | null;
}

/** What `npm start` prints once the API answers: one screen, with what to try next. */
export function startMessage({ url, hasPages, page, log, tokens }: Shown): string {
	const head = [
		`Firmseal answers on ${url}/graphql`,
		...(hasPages ? [`Pages: ${url}/ (firms), /operator (platform), /verify (a log)`] : []),
		...(page ? [`GraphiQL: ${page}`] : []),
		`Log: ${shown(log)}`,
	];
	if (!tokens) return [...head, 'Tokens come from the issuer in the settings. Ctrl-C stops everything.', ''].join('\n');
	const { file, people } = tokens;
	const hasOperator = people.some(({ name }) => name === 'OPERATOR');
	return [
		...head,
		'',
		'Tokens as shell variables, for up to twelve hours; while this runs, the file is',
		'renewed every four minutes (approving needs a sign-in of the last five):',
		...lines(people),
		'',
		'Try, in another terminal in this folder:',
		`  . ${source(file)}`,
		`  ask "$MEMBER" '{ notes(first: 1) { nodes { title body } } }'`,
		...(hasOperator ? [`  ask "$OPERATOR" "{ notes(firmId: \\"$FIRM\\", first: 1) { nodes { title } } }"`] : []),
		'  stored                          # the same title, as the database holds it',
		`  ask "$OWNER" '{ auditEntries(first: 3) { nodes { action decision reason } } }'`,
		`  ask "$CLIENT" '{ documents { nodes { name description } } }'   # the portal`,
		'  get "$CLIENT" "/documents/$FILE/content"',
		'',
		'Ctrl-C stops everything. The next npm start continues with the same data.',
		'',
	].join('\n');
}

/** One line for each organisation: the variables with its people's tokens. */
function lines(people: DemoTokens['people']): string[] {
	const domainOf = (email: string) => email.split('@')[1] ?? '';
	return [...Map.groupBy(people, ({ email }) => domainOf(email))].map(
		([domain, of]) => `  ${of.map(({ name }) => name).join(' ')}  (${domain})`,
	);
}

/** The path relative to the current directory, if the directory contains it. */
function shown(path: string): string {
	const near = relative(process.cwd(), path);
	return near.startsWith('..') ? path : near;
}

/** The path as a word of a shell. A name without a slash would be searched for in PATH. */
function source(file: string): string {
	const near = shown(file);
	const path = near.includes('/') ? near : `./${near}`;
	return /^[\w./@%+=:,-]+$/.test(path) ? path : quoted(path);
}
