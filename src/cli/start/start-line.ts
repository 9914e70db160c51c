import type { Writable } from 'node:stream';
import type { Progress } from '../print/index.ts';

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
