export { type PersonRequest, type RequestedPerson, requestPerson, selectPersonRequests } from './ask.ts';
export { decideOnPerson, lacksOne, mayDecide, type OperatorsNow, selectOperatorsNow } from './decide.ts';
export { type PeopleParts, personSteps } from './steps.ts';
export { type PersonTerms, readPersonTerms } from './terms.ts';
