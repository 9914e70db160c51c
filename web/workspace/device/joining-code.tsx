import './joining-code.css';

interface JoiningCodeProps {
	readonly code: string;
	readonly onSame: () => unknown;
	readonly onDifferent: () => unknown;
}

/** The code on both screens, and what the person says of it. */
export const JoiningCode = ({ code, onSame, onDifferent }: JoiningCodeProps) => (
	<div className="stack">
		<p>
			Compare this code with the one on the other device, to the last character. Read it aloud if someone else has it.
		</p>
		<p className="joining-code">
			<code>{code}</code>
		</p>
		<p className="quiet">
			If even one character differs, someone may stand between the two devices: say so here, and nothing is added.
		</p>
		<div className="row">
			<button type="button" className="primary" onClick={onSame}>
				The codes are the same
			</button>
			<button type="button" className="danger" onClick={onDifferent}>
				They differ
			</button>
		</div>
	</div>
);
