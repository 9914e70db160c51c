import type { Decided } from '../../../src/client/connection/index.ts';
import { focusHere } from '../../kit/parts/index.ts';
import { NOTICE_HOURS } from './decide.ts';

interface OutcomeNoteProps {
	readonly outcome: Decided;
	readonly onClose: () => void;
}

const WORDS: Readonly<Record<Decided, string>> = {
	DONE: 'Decided. It stands in the firm’s key log now.',
	PROPOSED:
		'The decision waits for another owner. Tell them: they see it under “Decisions that wait”, with what it means by their own device. When they have agreed, complete it there.',
	ANNOUNCED: `All devices of the firm are told. Come back after ${NOTICE_HOURS} hours, and complete it under “Announced by an owner alone”.`,
};

/** What became of a decision. */
export const OutcomeNote = ({ outcome, onClose }: OutcomeNoteProps) => (
	<>
		<p className={outcome === 'DONE' ? 'note good' : 'note'} role="status">
			{WORDS[outcome]}
		</p>
		<div>
			<button type="button" className="primary" ref={focusHere} onClick={onClose}>
				Close
			</button>
		</div>
	</>
);
