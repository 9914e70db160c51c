import { focusHere } from '../../kit/parts/index.ts';
import { NOTICE_HOURS, type Outcome, type Support } from './decide.ts';

interface OutcomeNoteProps {
	readonly outcome: Outcome;
	readonly support: Support['by'];
	readonly onClose: () => void;
}

const WAITS: Readonly<Record<Support['by'], string>> = {
	SECOND_OWNER:
		'The decision waits for another owner. Tell them: they see it under “Decisions that wait”, with what it means by their own device. When they have agreed, complete it there.',
	NOTICE: `All devices of the firm are told. Come back after ${NOTICE_HOURS} hours, and complete it under “Decisions that wait”.`,
	CODE: '',
};

/** What became of a decision. */
export const OutcomeNote = ({ outcome, support, onClose }: OutcomeNoteProps) => (
	<>
		<p className={outcome === 'DONE' ? 'note good' : 'note'} role="status">
			{outcome === 'DONE' ? 'Decided. It stands in the firm’s key log now.' : WAITS[support]}
		</p>
		<div>
			<button type="button" className="primary" ref={focusHere} onClick={onClose}>
				Close
			</button>
		</div>
	</>
);
