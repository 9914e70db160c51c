import { type ReactNode, useId } from 'react';
import { Dialog } from './dialog.tsx';
import { ErrorNote } from './error-note.tsx';
import { useSave } from './use-save.ts';

interface ConfirmDialogProps {
	readonly title: string;
	/** What will happen, in full. */
	readonly children: ReactNode;
	/** What the button that does it says. */
	readonly confirm: string;
	readonly isDangerous?: boolean;
	/** Why it cannot be done yet; null if it can. */
	readonly blocked?: ReactNode;
	/** The caller closes the dialog once it is done. A failure stays in the dialog. */
	readonly onConfirm: () => Promise<unknown>;
	readonly onClose: () => void;
}

/** The dialog of an act that a person confirms after reading what it does. */
export function ConfirmDialog({
	title,
	children,
	confirm,
	isDangerous = false,
	blocked = null,
	onConfirm,
	onClose,
}: ConfirmDialogProps) {
	const reason = useId();
	const { isSaving, error, submit } = useSave(async () => {
		if (blocked === null) await onConfirm();
	});
	return (
		<Dialog title={title} onClose={onClose}>
			{children}
			{error !== null && <ErrorNote error={error} />}
			{blocked !== null && (
				<p className="note warn" id={reason}>
					{blocked}
				</p>
			)}
			<div className="row">
				<button
					type="button"
					className={isDangerous ? 'primary danger' : 'primary'}
					aria-disabled={isSaving || blocked !== null}
					aria-describedby={blocked === null ? undefined : reason}
					onClick={submit}
				>
					{isSaving ? 'One moment …' : confirm}
				</button>
				<button type="button" onClick={onClose}>
					Cancel
				</button>
			</div>
		</Dialog>
	);
}
