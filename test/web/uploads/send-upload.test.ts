import { describe, expect, it } from 'vitest';
import { type Made, sendUpload, type UploadSteps } from '../../../web/workspace/uploads/send-upload.ts';
import type { Upload } from '../../../web/workspace/uploads/upload.ts';

const SIZE = 5;
const upload: Upload = {
	id: '019b8d62-7a80-7000-8000-0280a2fa6e2d',
	documentId: '019b8d62-7a80-7000-8000-0280a2fa6e2d',
	target: { kind: 'DOCUMENT', clientId: null, description: null },
	file: new File(['12345'], 'a.txt'),
	name: 'a.txt',
	mimeType: 'text/plain',
	state: 'SENDING',
	sent: 0,
	error: null,
};
const lost = () => new TypeError('The server did not answer.');

/** A server that keeps what it is given. `fail` decides before or after a step whether its answer arrives. */
function server(
	fail: { readonly before?: string[]; readonly after?: string[]; readonly changed?: true } = {},
	start: Made | null = null,
) {
	let made = start;
	const calls: string[] = [];
	const step = async (name: string, act: () => void) => {
		calls.push(name);
		const nth = `${name}${calls.filter((call) => call === name).length}`;
		if (fail.before?.includes(nth)) throw lost();
		act();
		if (fail.after?.includes(nth)) throw lost();
	};
	const steps: UploadSteps = {
		async find() {
			calls.push('find');
			return made;
		},
		isReadable: () => Promise.resolve(fail.changed !== true),
		create: () =>
			step('create', () => {
				made = { byteSize: null };
			}),
		send: () =>
			step('send', () => {
				made = { byteSize: SIZE };
			}),
	};
	return { steps, calls, made: () => made };
}

const run = (steps: UploadSteps, isRepeated = false, signal = new AbortController().signal) =>
	sendUpload(steps, upload, { isRepeated, signal, onProgress: () => {} });

describe('an upload', () => {
	it('makes the document once and sends the file once', async () => {
		const { steps, calls } = server();
		await run(steps);
		expect(calls).toEqual(['create', 'send']);
	});

	it('does not send a file again that has arrived, though its answer was lost', async () => {
		const { steps, calls } = server({ after: ['send1'] });
		await run(steps);
		expect(calls).toEqual(['create', 'send', 'find']);
	});

	it('sends a file again that a lost connection has cut, without making the document again', async () => {
		const { steps, calls, made } = server({ before: ['send1'] });
		await run(steps);
		expect(calls).toEqual(['create', 'send', 'find', 'send']);
		expect(made()).toEqual({ byteSize: SIZE });
	});

	it('says that a file has changed on the disk, for which browsers give the same error, and does not try it again', async () => {
		const { steps, calls } = server({ before: ['send1'], changed: true });
		await expect(run(steps)).rejects.toThrow('The file has changed or gone since you chose it');
		expect(calls).toEqual(['create', 'send']);
	});

	it('ends after a second lost connection, and continues when the person repeats it', async () => {
		const { steps, calls } = server({ before: ['send1', 'send2'] });
		await expect(run(steps)).rejects.toThrow(TypeError);
		await run(steps, true);
		expect(calls).toEqual(['create', 'send', 'find', 'send', 'find', 'send']);
	});

	it('makes the document when a repeat finds that the first attempt did not', async () => {
		const { steps, calls } = server({ before: ['create1'] });
		await expect(run(steps)).rejects.toThrow(TypeError);
		await run(steps, true);
		expect(calls).toEqual(['create', 'find', 'create', 'send']);
	});

	it('does not take another file for its own', async () => {
		const { steps, calls } = server({}, { byteSize: SIZE + 1 });
		await expect(run(steps, true)).rejects.toThrow('another file');
		expect(calls).toEqual(['find']);
	});

	it('sends nothing once it is cancelled', async () => {
		const stopping = new AbortController();
		const { steps, calls } = server();
		const create = async (of: Upload) => {
			await steps.create(of);
			stopping.abort();
		};
		await expect(run({ ...steps, create }, false, stopping.signal)).rejects.toThrow();
		expect(calls).toEqual(['create']);
	});

	it('does not repeat what the server has refused', async () => {
		const { steps, calls } = server();
		const send = () => Promise.reject(new Error('refused'));
		await expect(run({ ...steps, send })).rejects.toThrow('refused');
		expect(calls).toEqual(['create']);
	});
});
