import '../kit/styles/base.css';
import './verify.css';
import { chosenFiles, type Dropped, droppedFiles } from './dropped-files.ts';
import { button, byId, element, visible } from './elements.ts';
import { type GivenFile, type GivenKind, recognizeFile, requestOf, type VerifyRequest } from './given-file.ts';
import { showEntries } from './show-entries.ts';
import { showVerdict } from './show-verdict.ts';
import { unread } from './verdict.ts';
import { cancelWork, work } from './work.ts';

const KINDS: Readonly<Record<GivenKind, string>> = {
	BUNDLE: 'exported log',
	KEYS: 'verifier keys',
	CHECKPOINT: 'older checkpoint',
	PROOF: 'proof of an entry',
};

const form = byId('given', HTMLFormElement);
const keys = byId('keys', HTMLTextAreaElement);
const problem = byId('problem', HTMLElement);
const progress = byId('progress', HTMLElement);
const bar = byId('bar', HTMLProgressElement);
const done = byId('done', HTMLElement);
const [files, folder] = [byId('files', HTMLInputElement), byId('folder', HTMLInputElement)];
let given: readonly GivenFile[] = [];

function hideResults(): void {
	for (const id of ['verdict', 'entries']) {
		const section = byId(id, HTMLElement);
		section.hidden = true;
		section.replaceChildren();
	}
	progress.hidden = true;
}

/** Files of no use are refused, except those in a folder, which has other files too. */
async function take(dropped: readonly Dropped[]): Promise<void> {
	const recognized: GivenFile[] = [];
	for (const { file, isInFolder } of dropped) {
		const found = await recognizeFile(file).catch(() => unreadable(file));
		if (!isInFolder || found.isNamed) recognized.push({ ...found, file });
	}
	if (recognized.length === 0) {
		if (dropped.length > 0)
			problem.textContent = 'No exported log, verifier key, checkpoint or proof is in that folder.';
		return;
	}
	given = [...given, ...recognized];
	changed();
}

const unreadable = ({ name }: File) => ({
	kind: null,
	problem: visible(`${JSON.stringify(name)} can’t be read.`),
	isNamed: true,
});

/** Verifies as soon as a log and a key are there. */
function changed(): void {
	cancelWork();
	hideResults();
	showGiven();
	const request = requestOf(given, keys.value);
	problem.textContent = typeof request === 'string' && given.length > 0 ? visible(request) : '';
	if (request !== null && typeof request !== 'string') verify(request).catch(showFailure);
}

function showGiven(): void {
	byId('list', HTMLUListElement).replaceChildren(
		...given.map((one) => {
			const { file, kind } = one;
			const remove = button(
				'Remove',
				() => {
					given = given.filter((other) => other !== one);
					changed();
					byId('pick', HTMLButtonElement).focus();
				},
				{ class: 'small', 'aria-label': `Remove ${file.name}` },
			);
			const what =
				kind === null
					? element('span', { class: 'badge bad' }, 'not usable')
					: element('span', { class: 'badge' }, KINDS[kind]);
			const size = element('span', { class: 'quiet' }, `${file.size.toLocaleString('en')} bytes`);
			return element('li', { class: 'row' }, what, element('span', { class: 'name' }, file.name), size, remove);
		}),
	);
}

async function verify(request: VerifyRequest): Promise<void> {
	hideResults();
	const total = Math.max(1, (request.bundle?.size ?? 0) + (request.copy?.size ?? 0));
	progress.hidden = false;
	showProgress(0, total);
	const answer = await work({ kind: 'VERIFY', request }, (bytes) => showProgress(bytes, total));
	// Cancelled, or replaced by another verification, which shows its own progress.
	if (answer === null) return;
	progress.hidden = true;
	if (answer.kind !== 'VERDICT') return showFailure(answer.kind === 'FAILED' ? answer : null);
	const { verdict } = answer;
	showVerdict(verdict);
	if (verdict.summary !== null) showEntries(verdict.summary, { ...request, copy: null });
}

/** A bug of the page, or a browser that ended the worker: never a verdict about the log. */
function showFailure(error: unknown): void {
	const { name = 'unknown' } = Object(error) as { readonly name?: string };
	const why = `The verification itself failed (${name}).`;
	const hint =
		'Reload the page and try again. Otherwise verify with the command or the single file of the documentation.';
	showVerdict(unread({ file: '', line: null, why, hint }));
}

function showProgress(bytes: number, total: number): void {
	bar.value = Math.min(1, bytes / total);
	done.textContent = `${Math.floor(bar.value * 100)} % of ${Math.ceil(total / 1_000_000).toLocaleString('en')} MB`;
}

form.addEventListener('submit', (event) => {
	event.preventDefault();
	const request = requestOf(given, keys.value);
	if (request === null)
		problem.textContent = 'Nothing is given yet: choose the file of `firmseal audit export`, and your key.';
	else changed();
	if (typeof request === 'string') problem.textContent = visible(request);
});
keys.addEventListener('input', (event) => {
	if (event.inputType === 'insertFromPaste') return changed();
	// A verdict by other keys than those in the field would mislead.
	cancelWork();
	hideResults();
	problem.textContent = '';
});
byId('pick', HTMLButtonElement).addEventListener('click', () => files.click());
byId('pick-folder', HTMLButtonElement).addEventListener('click', () => folder.click());
for (const input of [files, folder]) {
	input.addEventListener('change', () => {
		const chosen = chosenFiles(input);
		// So that the same file can be chosen again after it was removed.
		input.value = '';
		take(chosen).catch(showFailure);
	});
}
byId('clear', HTMLButtonElement).addEventListener('click', () => {
	given = [];
	keys.value = '';
	changed();
	byId('pick', HTMLButtonElement).focus();
});
byId('cancel', HTMLButtonElement).addEventListener('click', () => {
	cancelWork();
	progress.hidden = true;
	problem.textContent = 'Cancelled: nothing was verified.';
	byId('verify', HTMLButtonElement).focus();
});

// The whole page takes a drop, because a browser opens a file that misses the field.
for (const type of ['dragenter', 'dragover'] as const) {
	addEventListener(type, (event) => {
		event.preventDefault();
		document.body.classList.add('over');
	});
}
addEventListener('dragleave', ({ relatedTarget }) => relatedTarget === null && document.body.classList.remove('over'));
addEventListener('drop', (event) => {
	event.preventDefault();
	document.body.classList.remove('over');
	if (event.dataTransfer) droppedFiles(event.dataTransfer).then(take).catch(showFailure);
});
document.body.classList.add('ready');
