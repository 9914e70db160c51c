import { createInterface } from 'node:readline';
import { currentIo } from '../io.ts';

/** Whether a person is there to ask. */
export function isInteractive(): boolean {
	const { stdin, stderr } = currentIo();
	return stdin.isTTY === true && stderr.isTTY === true;
}

/** One line of the person at the terminal, without the spaces around it; null when they end it instead. */
export function promptLine(question: string): Promise<string | null> {
	const { stdin, stderr } = currentIo();
	const lines = createInterface({ input: stdin, terminal: false });
	stderr.write(question);
	return new Promise((resolve) => {
		lines.once('close', () => resolve(null));
		lines.once('line', (line) => {
			resolve(line.trim());
			lines.close();
		});
	});
}
