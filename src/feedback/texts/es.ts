// Spanish.
import type { PageTexts } from './page-texts.ts'

export const spanish: PageTexts = {
  tag: 'es',
  name: 'Español',
  heading: 'Preferencias de correo',
  receives: 'Los mensajes que recibe {address}.',
  topics: 'Quiero recibir mensajes sobre',
  all: 'Cancelar mi suscripción a todos estos mensajes',
  save: 'Guardar',
  unsubscribed: 'Su suscripción está cancelada.',
  saved: 'Guardado.',
  languages: 'Idioma',
  forged: { title: 'Enlace desconocido', text: 'Este servicio no creó este enlace, o falta una parte de él.' },
  expired: { title: 'Enlace caducado', text: 'Este enlace es demasiado antiguo. Utilice el de un mensaje más reciente.' },
  gone: { title: 'Nada que cambiar', text: 'La lista a la que se envió este mensaje ya no existe.' },
  notUnderstood: { title: 'No se entendió', text: 'Esta solicitud no pide nada que esta página pueda hacer.' },
  busy: { title: 'Ahora no', text: 'Inténtelo de nuevo dentro de un minuto.' },
  tooOften: { title: 'Demasiados cambios', text: 'Esto se cambió demasiadas veces. Inténtelo de nuevo dentro de una hora.' },
}
