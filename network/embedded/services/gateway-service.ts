import type { gateway } from '@hyperledger/fabric-protos';
import type { handleServerStreamingCall, handleUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import { unary } from './call.js';
import { chaincodeEvents } from './chaincode-events.js';
import { endorse } from './endorse.js';
import { evaluate } from './evaluate.js';
import type { GatewayDependencies } from './gateway-dependencies.js';
import { commitStatus, submit } from './submit.js';

/** The five calls of gateway.Gateway. */
interface GatewayHandlers extends UntypedServiceImplementation {
  evaluate: handleUnaryCall<gateway.EvaluateRequest, gateway.EvaluateResponse>;
  endorse: handleUnaryCall<gateway.EndorseRequest, gateway.EndorseResponse>;
  submit: handleUnaryCall<gateway.SubmitRequest, gateway.SubmitResponse>;
  commitStatus: handleUnaryCall<gateway.SignedCommitStatusRequest, gateway.CommitStatusResponse>;
  chaincodeEvents: handleServerStreamingCall<gateway.SignedChaincodeEventsRequest, gateway.ChaincodeEventsResponse>;
}

/** The gateway.Gateway service of one peer. */
export function gatewayService(deps: GatewayDependencies): GatewayHandlers {
  return {
    evaluate: unary(deps.log, (request) => evaluate(deps, request)),
    endorse: unary(deps.log, (request) => endorse(deps, request)),
    submit: unary(deps.log, (request) => Promise.resolve(submit(deps, request))),
    commitStatus: unary(deps.log, (request, signal) => commitStatus(deps, request, signal)),
    chaincodeEvents: (stream) => chaincodeEvents(deps, stream),
  };
}
