import { focusHere } from '../../kit/parts/index.ts';
import type { Loss } from './use-opened.ts';

const WORDS: Readonly<Record<Loss, string>> = {
	CHANGED:
		'This decision has changed while you had it open. Nothing was signed or sent. Read it again, and ask the owner who proposes it, in person or by telephone.',
	MOVED: 'This decision stands otherwise now than when you opened it. Nothing was signed or sent. Look at it again.',
	GONE: 'The decision that you had open does not wait any more: it was completed, withdrawn or refused, or the firm has decided something else first. Nothing was signed or sent.',
};

/** Why the dialog that the person had open has closed. It takes the focus, which was in the dialog. */
export const LossNote = ({ loss, onClose }: { readonly loss: Loss; readonly onClose: () => void }) => (
	<div className="note warn stack tight" role="alert" tabIndex={-1} ref={focusHere}>
		<p>{WORDS[loss]}</p>
		<div>
			<button type="button" className="small" onClick={onClose}>
				Close
			</button>
		</div>
	</div>
);
