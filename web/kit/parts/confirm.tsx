import { type ReactNode, useState } from 'react';
import { Dialog } from './dialog.tsx';
import { ErrorNote } from './error-note.tsx';

interface ConfirmProps {
	/** What the button that opens the dialog says. */
	readonly label: string;
	/** Whether the act takes something away. */
	readonly isDangerous?: boolean;
	readonly title: string;
	/** What will happen, in full. */
	readonly children: ReactNode;
	/** What the button that does it says; the label unless given. */
	readonly confirm?: string;
	readonly onConfirm: () => Promise<unknown>;
}

/** A button for an act that a person confirms after reading what it does. */
export function Confirm({ label, isDangerous = false, title, children, confirm = label, onConfirm }: ConfirmProps) {
	const [isOpen, setOpen] = useState(false);
	const [isRunning, setRunning] = useState(false);
	const [error, setError] = useState<unknown>(null);
	const close = () => {
		setOpen(false);
		setError(null);
	};
	async function act() {
		setRunning(true);
		setError(null);
		try {
			await onConfirm();
			close();
		} catch (failure) {
			setError(failure);
		} finally {
			setRunning(false);
		}
	}
	return (
		<>
			<button type="button" className={isDangerous ? 'danger' : undefined} onClick={() => setOpen(true)}>
				{label}
			</button>
			{isOpen && (
				<Dialog title={title} onClose={close}>
					{children}
					{error !== null && <ErrorNote error={error} />}
					<div className="row">
						<button
							type="button"
							className={isDangerous ? 'primary danger' : 'primary'}
							disabled={isRunning}
							onClick={act}
						>
							{isRunning ? 'One moment …' : confirm}
						</button>
						<button type="button" onClick={close}>
							Cancel
						</button>
					</div>
				</Dialog>
			)}
		</>
	);
}
