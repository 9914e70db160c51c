export { createService, type ServicePort } from './api-port.ts';
export type { ClientClock, DeviceConnection } from './connection.ts';
export { createFirmseal, type Firmseal, type FirmsealOptions, openerOf } from './create-firmseal.ts';
export { AnsweringSteps, JoiningSteps } from './joining-steps.ts';
export { type Decided, type OpenProposal, ProposalSteps, type Support } from './proposing.ts';
export { RecoverySteps, type ShownRecovery } from './recovering.ts';
export type { ResealedClass, ResealingProgress } from './resealing.ts';
