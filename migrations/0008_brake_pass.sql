ALTER TABLE `accounts` ADD `brake_named_id` text;--> statement-breakpoint
ALTER TABLE `accounts` ADD `brake_pass_id` text;