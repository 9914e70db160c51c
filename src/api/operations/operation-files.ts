import { readdirSync, readFileSync } from 'node:fs';
import { SetupError } from '../../errors.ts';

/** Relative to the root of the project. */
export const OPERATION_FOLDER = 'schema/operations/operator/';

/** The folder within it for selections that several operations share. */
const FRAGMENTS = 'fragments/';

const FOLDER = new URL(`../../../${OPERATION_FOLDER}`, import.meta.url);

export interface OperationFile {
	/** Such as note-content.graphql, which holds NoteContent, or fragments/note-head.graphql. */
	readonly name: string;
	readonly text: string;
}

/**
 * The operations of an operator's console, sorted by file name, each with its fragments. The server registers these texts, and
 * commands send them.
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
 * Each operation followed by the fragments that it uses, directly or indirectly, sorted by file name. `cat` of these files makes the
 * same text, so a console can compute the text and its hash without Firmseal.
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
		if (usedBy(file, fragments).has(file)) return 'contains itself, directly or through others: remove a spread.';
		return used.has(file) ? null : 'is used by no operation: remove it.';
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

/** The fragments that a file uses, directly or indirectly; missing ones are skipped. */
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
	return missing
		? `uses ${missing}, which does not exist: add ${fragmentFileOf(missing)}, or use another fragment.`
		: null;
}

function fragmentFault(file: OperationFile, names: ReadonlySet<string>): string | null {
	let heads = codeOf(file);
	// Removes the innermost braces until only the head of each definition is left.
	while (/\{[^{}]*\}/.test(heads)) heads = heads.replaceAll(/\{[^{}]*\}/g, ';');
	const [, fragment] = /^\s*fragment\s+(\w+)\s+on\s[^;{}]*;\s*$/.exec(heads) ?? [];
	if (!fragment) return 'must hold exactly one fragment and nothing else: give each a file of its own.';
	const name = fragmentFileOf(fragment);
	if (file.name === name) return null;
	return names.has(name)
		? `holds ${fragment}, which ${name} also holds: rename one of them.`
		: `has the fragment ${fragment}: name the file ${name}.`;
}

/*
 * Commands read these files too and must start fast, so no parser is loaded here. The server refuses anything misread here when it
 * validates the texts.
 */
const spreadsIn = (file: OperationFile): string[] =>
	[...codeOf(file).matchAll(/\.\.\.\s*(?!on\b)([A-Za-z_]\w*)/g)].map(([, name = '']) => name);

/** Without comments. */
const codeOf = ({ text }: OperationFile): string => text.replaceAll(/#.*/g, '');

/** NoteContent is in note-content.graphql, so no two operations can have the same name. */
export const operationFileOf = (operation: string): string =>
	`${operation.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase()}.graphql`;

/** NoteHead is in fragments/note-head.graphql. */
export const fragmentFileOf = (fragment: string): string => FRAGMENTS + operationFileOf(fragment);
