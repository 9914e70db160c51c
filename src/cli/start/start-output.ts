import { relative } from 'node:path';
import type { Writable } from 'node:stream';
import type { Progress } from '../print/index.ts';
import { type DemoTokens, quoted } from './tokens-file.ts';

/** What `npm start` says until it answers: one line that grows. */
export interface StartLine {
	/** What is done now. */
	step(name: string): void;
	/** A dot for each tenth of it. */
	readonly progress: (title: string, total: number) => Progress;
	/** Ends the line, if it has been begun, with another of its own if one is given. */
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
	/** GraphiQL's page; its address lets anyone who opens it ask as anyone of the demo, as the file of tokens does. */
	readonly page: string | null;
	readonly log: string;
	/** null: an issuer elsewhere gives them. */
	readonly tokens: { readonly file: string; readonly people: DemoTokens['people'] } | null;
}

/** What `npm start` prints: one screen, with what to do next. */
export function startMessage({ url, page, log, tokens }: Shown): string {
	const head = [`Firmseal answers on ${url}/graphql`, ...(page ? [`In a browser: ${page}`] : []), `Log: ${shown(log)}`];
	if (!tokens) return [...head, 'Tokens come from the issuer of the settings. Ctrl-C stops everything.', ''].join('\n');
	const { file, people } = tokens;
	const hasOperator = people.some(({ name }) => name === 'OPERATOR');
	return [
		...head,
		'',
		'Tokens as shell variables, for up to twelve hours; while this runs, the file is',
		'renewed every four minutes (approving asks for a sign-in of the last five):',
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
		'Ctrl-C stops everything; npm start goes on with the same data.',
		'',
	].join('\n');
}

/** Whose token each variable is, those of one organisation together. */
function lines(people: DemoTokens['people']): string[] {
	const domainOf = (email: string) => email.split('@')[1] ?? '';
	return [...Map.groupBy(people, ({ email }) => domainOf(email))].map(
		([domain, of]) => `  ${of.map(({ name }) => name).join(' ')}  (${domain})`,
	);
}

/** As it is shortest from here. */
function shown(path: string): string {
	const near = relative(process.cwd(), path);
	return near.startsWith('..') ? path : near;
}

/** As a shell takes it: a name without a slash would be looked for elsewhere. */
function source(file: string): string {
	const near = shown(file);
	const path = near.includes('/') ? near : `./${near}`;
	return /^[\w./@%+=:,-]+$/.test(path) ? path : quoted(path);
}
