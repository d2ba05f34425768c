ALTER TABLE `absences` ADD `deputy_called` text;--> statement-breakpoint
ALTER TABLE `roles` ADD `called` text;