import { currentIo } from '../io.ts';

/** Whether a person sits at a terminal who can be asked. */
export function isInteractive(): boolean {
	const { stdin, stderr } = currentIo();
	return stdin.isTTY === true && stderr.isTTY === true;
}

/** One line from the terminal, without the spaces around it. null if the input ends instead. */
export async function promptLine(question: string): Promise<string | null> {
	const { stderr } = currentIo();
	stderr.write(question);
	return (await readLine())?.trim() ?? null;
}

/** One line that the terminal does not show while it is typed, exactly as it was typed. null if the input ends, or at Ctrl-C. */
export async function promptSecret(question: string): Promise<string | null> {
	const { stdin, stderr } = currentIo();
	const setRaw = (isRaw: boolean) => stdin.setRawMode?.(isRaw);
	// Before the question: what is typed in between would be shown.
	setRaw(true);
	try {
		stderr.write(question);
		return await readLine();
	} finally {
		setRaw(false);
		stderr.write('\n');
	}
}

const [CTRL_C, CTRL_D, BACKSPACE, LINE_FEED, RETURN, DELETE] = [3, 4, 8, 10, 13, 127];
/** Bytes. */
const LONGEST_LINE = 4_096;

/** Reads no byte beyond the end of the line: the next question has its own. */
async function readLine(): Promise<string | null> {
	const { stdin } = currentIo();
	const line: number[] = [];
	for (;;) {
		const byte = await readByte();
		if (byte === LINE_FEED || byte === RETURN) return Buffer.from(line).toString();
		if (byte === CTRL_C || byte === null || (byte === CTRL_D && line.length === 0)) {
			stdin.pause();
			return byte === null && line.length > 0 ? Buffer.from(line).toString() : null;
		}
		if (byte === DELETE || byte === BACKSPACE) removeLast(line);
		else if (line.length < LONGEST_LINE) line.push(byte);
	}
}

/** The bytes of one character of UTF-8. */
function removeLast(line: number[]): void {
	for (let byte = line.pop(); byte !== undefined && (byte & 0xc0) === 0x80; ) byte = line.pop();
}

/** null at the end of the input. */
function readByte(): Promise<number | null> {
	const { stdin } = currentIo();
	return new Promise((resolve) => {
		const look = () => {
			const piece: Buffer | null = stdin.read(1);
			if (piece === null && !stdin.readableEnded) return;
			stdin.off('readable', look).off('end', look).off('error', look);
			// A terminal that is not read must not keep the process running.
			stdin.pause();
			resolve(piece?.[0] ?? null);
		};
		stdin.on('readable', look).on('end', look).on('error', look);
		look();
	});
}
