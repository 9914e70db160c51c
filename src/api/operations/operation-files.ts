import { readdirSync, readFileSync } from 'node:fs';
import { SetupError } from '../../errors.ts';

/** From the folder of the project. */
export const OPERATION_FOLDER = 'schema/operations/operator/';

/** In that folder: what several operations select. */
const FRAGMENTS = 'fragments/';

const FOLDER = new URL(`../../../${OPERATION_FOLDER}`, import.meta.url);

/** A file of the folder, and what it holds. */
export interface OperationFile {
	/** Such as note-content.graphql, which holds NoteContent, or fragments/note-head.graphql. */
	readonly name: string;
	readonly text: string;
}

/**
 * The operations that an operator's console may ask, in the order of their names, each with its fragments: the server registers these
 * texts, and commands ask by them.
 * @throws SetupError without the folder, and for each file that joinFragments refuses.
 */
export function readOperationFiles(): OperationFile[] {
	return joinFragments(filesIn(''), filesIn(FRAGMENTS));
}

function filesIn(folder: string): OperationFile[] {
	const path = OPERATION_FOLDER + folder;
	try {
		return readdirSync(new URL(folder, FOLDER))
			.filter((name) => name.endsWith('.graphql'))
			.sort()
			.map((name) => ({ name: folder + name, text: readFileSync(new URL(folder + name, FOLDER), 'utf8') }));
	} catch {
		throw new SetupError(`${path} is missing or can't be read: restore it from version control.`);
	}
}

/**
 * Each operation followed by the fragments that it uses, directly or through others, in the order of their files' names: what `cat`
 * makes of these files, so that a console can make the text, and its hash, without Firmseal.
 * @throws SetupError for each fragment that is missing, unused, inside itself, or not alone in a file of its name.
 */
export function joinFragments(
	operations: readonly OperationFile[],
	fragments: readonly OperationFile[],
): OperationFile[] {
	const names = new Set(fragments.map(({ name }) => name));
	const uses = operations.map((operation) => usedBy(operation, fragments));
	const used = new Set(uses.flatMap((each) => [...each]));
	const faultOf = (file: OperationFile): string | null => {
		if (operations.includes(file)) return operationFault(file) ?? spreadFault(file, names);
		const fault = fragmentFault(file, names) ?? spreadFault(file, names);
		if (fault) return fault;
		if (usedBy(file, fragments).has(file)) return 'is inside itself, directly or through others: take a spread out.';
		return used.has(file) ? null : 'is used by no operation: take it out.';
	};
	const faults = [...operations, ...fragments].flatMap((file) => {
		const fault = faultOf(file);
		return fault ? [`${OPERATION_FOLDER}${file.name} ${fault}`] : [];
	});
	if (faults.length > 0) throw new SetupError(faults.join('\n'));
	return operations.map(({ name, text }, index) => ({
		name,
		text: [text, ...fragments.filter((file) => uses[index]?.has(file)).map((file) => file.text)].join(''),
	}));
}

/** The fragments that a file uses, directly or through others; a missing one is passed over. */
function usedBy(
	file: OperationFile,
	fragments: readonly OperationFile[],
	found = new Set<OperationFile>(),
): ReadonlySet<OperationFile> {
	for (const spread of spreadsIn(file)) {
		const fragment = fragments.find(({ name }) => name === fragmentFileOf(spread));
		if (!fragment || found.has(fragment)) continue;
		found.add(fragment);
		usedBy(fragment, fragments, found);
	}
	return found;
}

const operationFault = (file: OperationFile): string | null =>
	/\bfragment\s+\w+\s+on\b/.test(codeOf(file)) ? `holds a fragment: give it a file of its own in ${FRAGMENTS}.` : null;

function spreadFault(file: OperationFile, names: ReadonlySet<string>): string | null {
	const missing = spreadsIn(file).find((name) => !names.has(fragmentFileOf(name)));
	return missing ? `uses ${missing}, which is not there: add ${fragmentFileOf(missing)}, or name another.` : null;
}

function fragmentFault(file: OperationFile, names: ReadonlySet<string>): string | null {
	let heads = codeOf(file);
	// Takes out what is in braces, from the inside: of each definition its head is left.
	while (/\{[^{}]*\}/.test(heads)) heads = heads.replaceAll(/\{[^{}]*\}/g, ';');
	const [, fragment] = /^\s*fragment\s+(\w+)\s+on\s[^;{}]*;\s*$/.exec(heads) ?? [];
	if (!fragment) return 'must hold exactly one fragment and nothing else: give each a file of its own.';
	const name = fragmentFileOf(fragment);
	if (file.name === name) return null;
	return names.has(name)
		? `holds ${fragment}, which ${name} holds: give one of them another name.`
		: `has the fragment ${fragment}: name the file ${name}.`;
}

/*
 * Commands ask by these files too, and start in a moment: they load no parser. What is read wrongly here the server refuses when
 * it validates the texts.
 */
const spreadsIn = (file: OperationFile): string[] =>
	[...codeOf(file).matchAll(/\.\.\.\s*(?!on\b)([A-Za-z_]\w*)/g)].map(([, name = '']) => name);

/** Without comments. */
const codeOf = ({ text }: OperationFile): string => text.replaceAll(/#.*/g, '');

/** NoteContent is in note-content.graphql: so no name can be there twice. */
export const operationFileOf = (operation: string): string =>
	`${operation.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase()}.graphql`;

/** NoteHead is in fragments/note-head.graphql. */
export const fragmentFileOf = (fragment: string): string => FRAGMENTS + operationFileOf(fragment);
